import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fingerprints } from '../../../src/functions/store/fingerprints';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test('a fingerprint matches the same state only, also in the next process', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'index.json');
  const prints = new Fingerprints(path);
  await prints.remember('code', { print: 'p', hash: 'h' }, 1_000, 2_000);
  for (const each of [prints, new Fingerprints(path)]) {
    expect(await each.hash('code', 'p')).toBe('h');
    expect(await each.hash('code', 'q')).toBeUndefined();
    expect(await each.hash('other', 'p')).toBeUndefined();
  }
});

test('a source that was changed just before is not remembered: the next change might show nowhere', async () => {
  await using folder = await TemporaryFolder.make();
  const prints = new Fingerprints(join(folder.path, 'index.json'));
  await prints.remember('code', { print: 'p', hash: 'h' }, 1_950, 2_000);
  expect(await prints.hash('code', 'p')).toBeUndefined();
});

test.each(['', '{', 'null', '[1]', '{"code":7}', '{"code":{"print":1,"hash":"h"}}'])(
  'ignores the damaged index %j',
  async (text) => {
    await using folder = await TemporaryFolder.make();
    const path = join(folder.path, 'index.json');
    writeFileSync(path, text);
    const prints = new Fingerprints(path);
    expect(await prints.hash('code', 'p')).toBeUndefined();
    await prints.remember('code', { print: 'p', hash: 'h' }, 1_000, 2_000);
    expect(await new Fingerprints(path).hash('code', 'p')).toBe('h');
  },
);
