import { isAbsolute } from 'node:path';
import type { ZipCode } from '../registry/records';
import { BundleError } from '../store/bundle';
import type { Store } from '../store/store';
import { invalid } from './uploaded-code';

/** The bucket by which local emulators of AWS take code from a folder, whose path is the object's key. */
export const followedBucket = 'hot-reload';

/**
 * The code that a folder holds now.
 * @throws {LambdaError} where there is no such folder
 */
export async function followedCode(store: Store, path: string): Promise<ZipCode> {
  const failed = (why: string) =>
    invalid(
      `Cannot read code from the bucket ${followedBucket}: the key ${path} ${why}. Pass the absolute path of a folder on the machine where lambdock runs, or one that is mounted at the same path into its container.`,
    );
  if (!isAbsolute(path)) throw failed('is no absolute path');
  const { hash, codeSha256, sizeBytes } = await store.addFolder('code', path).catch((error: unknown) => {
    throw error instanceof BundleError ? failed(`cannot be used (${error.message})`) : error;
  });
  return { kind: 'zip', hash, codeSha256, sizeBytes, unzippedBytes: sizeBytes, followed: path };
}
