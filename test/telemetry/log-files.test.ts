import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock';
import type { LogFileOptions } from '../../src/telemetry/log-file';
import { LogFiles } from '../../src/telemetry/log-files';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const line = {
  timeMs: 0,
  functionName: 'hello',
  functionVersion: '$LATEST',
  logStream: 'stream',
  text: 'said',
};

function opened(folder: string, change: Partial<LogFileOptions> = {}): LogFiles {
  const fail = (error: Error) => {
    throw error;
  };
  return new LogFiles(folder, { clock: systemClock, maxBytes: 20 * 1024 * 1024, files: 2, fail, ...change });
}

test('writes a file per function, and goes on with it at the next start', async () => {
  await using folder = await TemporaryFolder.make();
  for (const requestId of ['one', 'two']) {
    const files = opened(folder.path);
    files.write({ ...line, requestId });
    await files.close();
  }
  expect(await readFile(join(folder.path, 'hello.log'), 'utf8')).toBe(
    '1970-01-01T00:00:00.000Z stream one said\n1970-01-01T00:00:00.000Z stream two said\n',
  );
});

test('each line has its own time, to the millisecond', async () => {
  await using folder = await TemporaryFolder.make();
  const files = opened(folder.path);
  for (const timeMs of [1, 1, 2, 1]) files.write({ ...line, timeMs });
  await files.close();
  const text = await readFile(join(folder.path, 'hello.log'), 'utf8');
  expect(text.split('\n').map((each) => each.slice(20, 24))).toEqual(['001Z', '001Z', '002Z', '001Z', '']);
});

test('a file that has grown large is set aside at a start', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'hello.log');
  await writeFile(path, '');
  await truncate(path, 21 * 1024 * 1024);
  const files = opened(folder.path);
  files.write(line);
  await files.close();
  expect((await stat(`${path}.1`)).size).toBe(21 * 1024 * 1024);
  expect(await readFile(path, 'utf8')).toBe('1970-01-01T00:00:00.000Z stream said\n');
});

test('reports a folder that cannot be written, and goes on', async () => {
  await using folder = await TemporaryFolder.make();
  const failures: string[] = [];
  const gone = join(folder.path, 'logs');
  const files = opened(gone, { fail: (error) => void failures.push(error.message) });
  await rm(gone, { recursive: true });
  files.write(line);
  await files.close();
  expect(failures).toEqual([expect.stringMatching(/^The log .* cannot be written$/)]);
});

test('a line after the end does not open the file again', async () => {
  await using folder = await TemporaryFolder.make();
  const failures: Error[] = [];
  const files = opened(join(folder.path, 'logs'), { fail: (error) => void failures.push(error) });
  files.write(line);
  await files.close();
  await rm(join(folder.path, 'logs'), { recursive: true });
  files.write(line);
  await files.close();
  expect(failures).toEqual([]);
  await expect(stat(join(folder.path, 'logs'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a record cannot look like a separate event', async () => {
  await using folder = await TemporaryFolder.make();
  const files = opened(folder.path);
  files.write({ ...line, text: 'first\n1970-01-01T00:00:00.000Z stream forged' });
  files.write({ ...line, text: 'one\ntwo', events: 2 });
  await files.close();
  expect(await readFile(join(folder.path, 'hello.log'), 'utf8')).toBe(
    '1970-01-01T00:00:00.000Z stream first\n\t1970-01-01T00:00:00.000Z stream forged\n' +
      '1970-01-01T00:00:00.000Z stream one\n1970-01-01T00:00:00.000Z stream two\n',
  );
});

test('of very many events at once only the first has time and stream', async () => {
  await using folder = await TemporaryFolder.make();
  const files = opened(folder.path);
  files.write({ ...line, text: '\n'.repeat(9_999), events: 10_000 });
  await files.close();
  const text = await readFile(join(folder.path, 'hello.log'), 'utf8');
  expect(text).toBe(`1970-01-01T00:00:00.000Z stream \n${'+ \n'.repeat(9_999)}`);
});

test('files of functions that are no more are removed after a while, others stay', async () => {
  await using folder = await TemporaryFolder.make();
  const files = opened(folder.path);
  for (const functionName of ['kept', 'old', 'older']) files.write({ ...line, functionName });
  await files.close();
  await writeFile(join(folder.path, 'old.log.1'), 'x');
  await writeFile(join(folder.path, 'notes.txt'), 'x');
  const next = opened(folder.path);
  await next.prune((name) => name === 'kept', Date.now(), 3_600_000);
  expect((await readdir(folder.path)).length).toBe(5);
  await next.prune((name) => name === 'kept', Date.now() + 3_600_001, 3_600_000);
  expect((await readdir(folder.path)).sort()).toEqual(['kept.log', 'notes.txt']);
  await next.close();
});
