import type { ObjectPlace } from '../../functions/build/s3';
import type { S3Object } from '../../functions/registry/records';

interface Asked {
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
  readonly S3ObjectStorageMode?: 'COPY' | 'REFERENCE';
}

/** The object that a caller named by bucket and key. */
export function s3ObjectOf({ S3Bucket, S3Key, S3ObjectVersion }: Asked): S3Object | undefined {
  if (S3Bucket === undefined || S3Key === undefined) return undefined;
  return { S3Bucket, S3Key, ...(S3ObjectVersion !== undefined && { S3ObjectVersion }) };
}

export const placeOf = ({ S3Bucket, S3Key, S3ObjectVersion }: S3Object): ObjectPlace => ({
  bucket: S3Bucket,
  key: S3Key,
  ...(S3ObjectVersion !== undefined && { version: S3ObjectVersion }),
});

/** The stored reference to an object; undefined if the object was copied, which is the default. */
export function referredObject(
  { S3ObjectStorageMode: mode }: Asked,
  object: S3Object | undefined,
): { readonly object?: S3Object } {
  return mode === 'REFERENCE' && object !== undefined ? { object } : {};
}
