import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { hasStatus } from '../docker-errors';
import { copyOut } from './one-off';

/**
 * The init's binary in the data folder: `init/HASH/init`. Calls `makeImage` only if the binary does not exist; it
 * resolves to an image that has it as `/init`.
 */
export async function initBinary(
  docker: Docker,
  dataFolder: string,
  hash: string,
  makeImage: () => Promise<string>,
): Promise<string> {
  const folder = path.join(dataFolder, 'init', hash);
  const binary = path.join(folder, 'init');
  const isThere = () =>
    access(binary).then(
      () => true,
      () => false,
    );
  if (await isThere()) return binary;
  const image = await makeImage();
  await mkdir(path.dirname(folder), { recursive: true });
  const scratch = await mkdtemp(`${folder}-`);
  // The container never starts. It only serves to copy a file out of the image.
  const container = await docker.createContainer({ Image: image, Cmd: ['/init'] });
  try {
    await copyOut(container, '/init', scratch);
    // If another process was faster, its binary is the same.
    await rename(scratch, folder).catch(async (error: unknown) => {
      if (!(await isThere())) throw error;
    });
    return binary;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await container.remove({ force: true }).catch((error: unknown) => {
      if (!hasStatus(error, 404, 409)) throw error;
    });
  }
}
