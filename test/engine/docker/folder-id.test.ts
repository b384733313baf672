import { join } from 'node:path';
import { folderId } from '../../../src/engine/docker/folder-id';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test('a data folder keeps its id, which no other folder has', async () => {
  await using folder = await TemporaryFolder.make();
  const [one, other] = [join(folder.path, 'one'), join(folder.path, 'other')];
  const id = await folderId(one);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(await folderId(one)).toBe(id);
  expect(await folderId(other)).not.toBe(id);
});

test('lambdocks that start at the same moment agree on the id', async () => {
  await using folder = await TemporaryFolder.make();
  const ids = await Promise.all(Array.from({ length: 8 }, () => folderId(folder.path)));
  expect(new Set(ids).size).toBe(1);
});
