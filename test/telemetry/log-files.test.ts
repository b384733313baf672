import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogFiles } from '../../src/telemetry/log-files';
import { TemporaryFolder } from '../support/temporary-folder';

const line = {
  timeMs: 0,
  functionName: 'hello',
  functionVersion: '$LATEST',
  logStream: 'stream',
  text: 'said',
};

test('writes a file per function, and goes on with it at the next start', async () => {
  await using folder = await TemporaryFolder.make();
  for (const requestId of ['one', 'two']) {
    const files = new LogFiles(folder.path, (error) => {
      throw error;
    });
    files.write({ ...line, requestId });
    await files.close();
  }
  expect(await readFile(join(folder.path, 'hello.log'), 'utf8')).toBe(
    '1970-01-01T00:00:00.000Z stream one said\n1970-01-01T00:00:00.000Z stream two said\n',
  );
});

test('each line has its own time, to the millisecond', async () => {
  await using folder = await TemporaryFolder.make();
  const files = new LogFiles(folder.path, (error) => {
    throw error;
  });
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
  const files = new LogFiles(folder.path, () => undefined);
  files.write(line);
  await files.close();
  expect((await stat(`${path}.1`)).size).toBe(21 * 1024 * 1024);
  expect(await readFile(path, 'utf8')).toBe('1970-01-01T00:00:00.000Z stream said\n');
});

test('a folder that cannot be written is told, and harms nobody', async () => {
  await using folder = await TemporaryFolder.make();
  const failures: string[] = [];
  const gone = join(folder.path, 'logs');
  const files = new LogFiles(gone, (error) => failures.push(error.message));
  await rm(gone, { recursive: true });
  files.write(line);
  await files.close();
  expect(failures).toEqual([expect.stringMatching(/^The log .* cannot be written$/)]);
});

test('what is said after the end opens no file anew', async () => {
  await using folder = await TemporaryFolder.make();
  const failures: Error[] = [];
  const files = new LogFiles(join(folder.path, 'logs'), (error) => failures.push(error));
  files.write(line);
  await files.close();
  await rm(join(folder.path, 'logs'), { recursive: true });
  files.write(line);
  await files.close();
  expect(failures).toEqual([]);
  await expect(stat(join(folder.path, 'logs'))).rejects.toMatchObject({ code: 'ENOENT' });
});
