import { isAbsolute } from 'node:path';
import type { ZipCode } from '../registry/records';
import { BundleError } from '../store/bundle';
import type { Store } from '../store/store';
import { invalid } from './uploaded-code';

/** The bucket name by which local AWS emulators read code from a folder; the object's key is the folder's path. */
export const followedBucket = 'hot-reload';

/**
 * The current code of a folder.
 * @throws {LambdaError} if the folder does not exist
 */
export async function followedCode(store: Store, path: string): Promise<ZipCode> {
  const failed = (why: string) =>
    invalid(
      `Cannot read code from the bucket ${followedBucket}: the key ${path} ${why}. Pass the absolute path of a folder on the machine where lambdock runs, or one that is mounted at the same path into its container.`,
    );
  if (!isAbsolute(path)) throw failed('is not an absolute path');
  const { hash, codeSha256, sizeBytes } = await store.addFolder('code', path).catch((error: unknown) => {
    throw error instanceof BundleError ? failed(`cannot be used (${error.message})`) : error;
  });
  return { kind: 'zip', hash, codeSha256, sizeBytes, unzippedBytes: sizeBytes, followed: path };
}
