import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTemplate } from '../../../src/functions/template/template';
import { readTextFile } from '../../../src/functions/template/text-file';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test.each([
  ['UTF-8', Buffer.from('a: ü')],
  ['UTF-16 of Windows', Buffer.from('\ufeffa: ü', 'utf16le')],
  ['UTF-16 with the high byte first', Buffer.from('\ufeffa: ü', 'utf16le').swap16()],
])('reads %s', async (_, bytes) => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'template.yaml');
  await writeFile(file, bytes);
  expect(readTextFile(file)).toBe('a: ü');
});

test('names the line of bytes that are not UTF-8', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'lambdock.yaml');
  await writeFile(file, Buffer.from('functions:\n  a: \xfc\n', 'latin1'));
  expect(() => loadTemplate(file)).toThrow(`${file}:2:1: is not valid UTF-8. Save the file as UTF-8`);
});
