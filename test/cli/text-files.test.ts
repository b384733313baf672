import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, writeText } from '../../src/cli/text-files';
import { TemporaryFolder } from '../support/lib/temporary-folder';

test('writes and reads a file', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'a.txt');
  writeText(file, 'text');
  expect(readFileSync(file, 'utf8')).toBe('text');
  expect(readText(file)).toBe('text');
});

test('names a file that cannot be read or written, and what to do next', async () => {
  await using folder = await TemporaryFolder.make();
  const missing = join(folder.path, 'nowhere', 'a.txt');
  expect(() => readText(missing)).toThrow(`Cannot read ${missing}: it was not found. Check the path.`);
  expect(() => readText(folder.path)).toThrow(`Cannot read ${folder.path}: it is a folder. Check the path.`);
  expect(() => writeText(missing, '')).toThrow(
    `Cannot write ${missing}: it was not found. Pass the path of a file in a folder that exists.`,
  );
});
