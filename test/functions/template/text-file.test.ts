import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
