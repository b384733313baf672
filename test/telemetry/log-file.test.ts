import { mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LogFile, type LogFileOptions } from '../../src/telemetry/log-file';
import { TestClock } from '../support/fakes/test-clock';
import { TemporaryFolder } from '../support/lib/temporary-folder';

let folder: TemporaryFolder;
let clock: TestClock;
let failures: string[];
beforeEach(async () => {
  folder = await TemporaryFolder.make();
  clock = new TestClock();
  failures = [];
});
afterEach(() => folder[Symbol.asyncDispose]());

const path = (name = 'f.log') => join(folder.path, name);

function opened(change: Partial<LogFileOptions> = {}, name?: string): LogFile {
  const fail = (error: Error) => void failures.push(error.message);
  return new LogFile(path(name), { maxBytes: 1_000_000, files: 3, fail, clock, ...change });
}

/** Until everything that was given to it is written. */
async function written(file: LogFile): Promise<void> {
  await file.close();
}

test('a file that would grow too large is set aside, and the oldest is dropped', async () => {
  const file = opened({ maxBytes: 10 });
  for (const text of ['1234567\n', 'second\n', 'third\n', 'fourth\n', 'x\n']) {
    file.append(text);
    await written(file);
  }
  expect((await readdir(folder.path)).sort()).toEqual(['f.log', 'f.log.1', 'f.log.2']);
  expect(await readFile(path(), 'utf8')).toBe('fourth\nx\n');
  expect(await readFile(path('f.log.2'), 'utf8')).toBe('second\n');
});

test('one file alone is kept where one is wanted', async () => {
  const file = opened({ maxBytes: 10, files: 1 });
  for (const text of ['1234567\n', 'second\n']) {
    file.append(text);
    await written(file);
  }
  expect(await readdir(folder.path)).toEqual(['f.log']);
  expect(await readFile(path(), 'utf8')).toBe('second\n');
});

test('after a failure it goes on when writing works again, and says what was lost', async () => {
  const file = opened({}, 'logs/f.log');
  file.append('lost\nlost too\n');
  await written(file);
  file.append('dropped at once\n');
  await written(file);
  expect(failures).toEqual([`The log ${path('logs/f.log')} cannot be written`]);
  await mkdir(path('logs'));
  clock.advance(2_000);
  file.append('again\n');
  await written(file);
  expect(await readFile(path('logs/f.log'), 'utf8')).toBe('\n3 lines could not be written here.\nagain\n');
  expect(failures).toHaveLength(1);
});

test('creates a removed file again', async () => {
  const file = opened();
  file.append('one\n');
  while ((await readFile(path(), 'utf8').catch(() => '')) === '') await new Promise(setImmediate);
  await rm(path());
  clock.advance(1_500);
  file.append('two\n');
  await written(file);
  expect(await readFile(path(), 'utf8')).toBe('two\n');
});

test('reports when it is full, and when it is not any more', async () => {
  const file = opened({ maxBytes: 100_000_000 });
  const text = `${'x'.repeat(999)}\n`.repeat(600);
  expect(file.append(text)).toBeUndefined();
  const full = file.append(text);
  expect(full).toBeInstanceOf(Promise);
  await full;
  expect(file.append('x\n')).toBeUndefined();
  await written(file);
  expect((await stat(path())).size).toBe(2 * text.length + 2);
});

test('gives its descriptor back where nothing is written any more', async () => {
  const file = opened();
  const descriptors = async () => {
    const links = await readdir('/proc/self/fd');
    const { readlink } = await import('node:fs/promises');
    const targets = await Promise.all(links.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => '')));
    return targets.filter((each) => each === path()).length;
  };
  file.append('one\n');
  while ((await descriptors()) === 0) await new Promise(setImmediate);
  while ((await readFile(path(), 'utf8')) === '') await new Promise(setImmediate);
  while ((await descriptors()) === 1) {
    clock.advance(5_001);
    await new Promise(setImmediate);
  }
  await written(file);
});

test('a full disk costs the lines of its time and no more', async () => {
  await symlink('/dev/full', path());
  const file = opened();
  file.append('lost\n');
  await written(file);
  expect(failures).toHaveLength(1);
  // Freed.
  await rm(path());
  clock.advance(2_000);
  file.append('written\n');
  await written(file);
  expect(await readFile(path(), 'utf8')).toBe('\n1 lines could not be written here.\nwritten\n');
});
