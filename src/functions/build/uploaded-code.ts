import { LambdaError } from '../../aws/errors';
import { limits } from '../../aws/limits';
import { hexToBase64, sha256 } from '../../lib/hash';
import type { ImageCode, LayerUse, StoredFolder, ZipCode } from '../registry/records';
import { type Bundle, BundleError } from '../store/bundle';
import type { Store } from '../store/store';
import type { StoreSection } from '../store/store-sections';
import type { Layers } from './layers';
import { fetchObject, type ObjectPlace, type S3 } from './s3';

/** Where a zip comes from: its bytes, or an object in S3. */
export interface ZipSource {
  /** Name in warnings: `hello`. */
  readonly name: string;
  readonly zip?: Buffer;
  readonly object?: ObjectPlace;
}

/** The VPC of subnets and security groups; undefined if unknown. */
export type FindVpc = (
  network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] },
  region: string,
) => Promise<string | undefined>;

export interface CodeSources {
  readonly store: Store;
  readonly layers: Layers;
  /** The id of the image that has this name now; undefined if the engine has no such image. */
  readonly imageId: (reference: string) => Promise<string | undefined>;
  /** Receives warnings about input that is valid on Lambda but probably a mistake. */
  readonly say: (sentence: string) => void;
  /** S3 for code named by bucket and key. */
  readonly s3?: S3;
  /** Throws if a subnet or group does not exist. Absent: all are accepted. */
  readonly findVpc?: FindVpc;
}

/**
 * Checks a zip, stores it and unpacks it into the store. Nothing references it yet.
 * @throws {LambdaError} with Lambda's text for a zip that Lambda refuses
 */
export async function takeZip(
  sources: CodeSources,
  section: StoreSection,
  source: ZipSource,
): Promise<ZipCode> {
  const { name, zip, object } = source;
  const bytes = zip ?? (object && (await fetchObject(sources.s3, object)));
  if (bytes === undefined) throw invalid('Please provide a source for function code.');
  if (bytes.length === 0) throw invalid('Uploaded file must be a non-empty zip');
  const bundle = await sources.store.addZip(section, bytes).catch((error: unknown) => {
    throw error instanceof BundleError ? refused(error) : error;
  });
  for (const text of bundle.warnings ?? []) sources.say(`${name}: ${text}`);
  // A deployment must survive a crash: the zip is on disk before a record references it.
  await sources.store.keepZip(bytes);
  return {
    kind: 'zip',
    hash: bundle.hash,
    codeSha256: bundle.codeSha256,
    sizeBytes: bytes.length,
    unzippedBytes: bundle.sizeBytes,
  };
}

/**
 * Checks the size of a zip in a request. A zip in S3 may be as large as its unzipped content.
 * @throws {LambdaError} if the zip is too large
 */
export function checkZippedSize(zip: Buffer | undefined): void {
  if (zip === undefined || zip.length <= limits.zippedBytes) return;
  throw new LambdaError(
    'RequestEntityTooLargeException',
    `Zipped size must be smaller than ${limits.zippedBytes} bytes`,
  );
}

/** `CodeSha256` is the digest in the name, else the image's id; if the image does not exist, a hash of its name. */
export function imageCode(image: string, imageId?: string): ImageCode {
  const digest = [image, imageId ?? ''].map((each) => /(?:^|@)sha256:([0-9a-f]{64})$/.exec(each)?.[1]);
  const codeSha256 = digest.find((each) => each !== undefined) ?? sha256(imageId ?? image);
  return { kind: 'image', image, ...(imageId !== undefined && { imageId }), codeSha256 };
}

/** One folder of all layers. */
export async function mergeLayers(
  { layers, store }: CodeSources,
  uses: readonly LayerUse[],
): Promise<StoredFolder | undefined> {
  const bundles = uses.map(
    ({ hash, unzippedBytes }): Bundle => ({
      hash,
      folder: store.folder('layers', hash),
      sizeBytes: unzippedBytes,
      codeSha256: hexToBase64(hash),
    }),
  );
  const merged = await layers.merge(bundles);
  return merged && { section: uses.length > 1 ? 'opt' : 'layers', hash: merged.hash };
}

/** @throws {LambdaError} if code and layers together are too large */
export function checkUnzippedSize(codeBytes: number, uses: readonly LayerUse[]): void {
  const sizeBytes = uses.reduce((sum, each) => sum + each.unzippedBytes, codeBytes);
  if (sizeBytes <= limits.unzippedBytes) return;
  throw invalid(
    `Function code combined with layers exceeds the maximum allowed size of ${limits.unzippedBytes} bytes. The actual size is ${sizeBytes} bytes.`,
  );
}

function refused({ kind, message }: BundleError): LambdaError {
  if (kind === 'broken') {
    return invalid('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
  if (kind === 'empty') return invalid('Uploaded file must be a non-empty zip');
  if (kind === 'too-large')
    return invalid(`Unzipped size must be smaller than ${limits.unzippedBytes} bytes`);
  return invalid(message);
}

export function invalid(message: string): LambdaError {
  return new LambdaError('InvalidParameterValueException', message);
}

/** Recorded without the member `Type`, which names the side at fault. */
export function invalidWithoutBlame(message: string): LambdaError {
  return new LambdaError('InvalidParameterValueException', message, {}, { blameless: true });
}
