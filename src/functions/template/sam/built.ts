import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { findSource, functionKinds } from '../function-kinds';
import type { Value } from '../values';
import type { Properties } from './properties';
import { metadataText, type Resource } from './resources';

/** Whether code is used as it is: it is as `sam build`, or the CDK, leaves it, or `SkipBuild` says that it is built. */
export function isBuilt(resource: Resource): boolean {
  // What was built says which resource it comes from, in a folder of that name or wherever it was put then.
  const sourceKeys = ['SamResourceId', 'aws:asset:path'];
  if (sourceKeys.some((key) => metadataText(resource, key) !== undefined)) return true;
  if (/^(true|yes|on)$/i.test(metadataText(resource, 'SkipBuild') ?? '')) return true;
  return resource.place.source.file.includes(`${sep}.aws-sam${sep}`);
}

/**
 * Code or a layer's content on this machine: the path that is written there, or where the CDK put it.
 * Undefined where it is not on this machine, which is noted.
 */
export function localSource(
  resource: Resource,
  properties: Properties,
  name: string,
  folder: string,
  otherwise?: string,
): string | undefined {
  const value = properties.get(name);
  const asset = metadataText(resource, 'aws:asset:path') ?? packagedAsset(value, folder);
  if (asset === undefined && (value?.kind === 'mapping' || isRemote(value))) {
    return properties.limit(
      name,
      'is in S3, which lambdock does not ask. Name the folder or the zip file that it was made from',
    );
  }
  const written = asset ?? (value === undefined ? otherwise : properties.read(value, functionKinds.path));
  if (written === undefined) return undefined;
  const found = findSource(folder, written);
  return 'path' in found ? found.path : properties.limit(name, found.problem);
}

/**
 * Where a packager left what it uploads under a key: the CDK as `asset.HASH`, the Serverless Framework by the file's
 * name, both beside the template.
 */
function packagedAsset(value: Value | undefined, folder: string): string | undefined {
  const key =
    value?.kind === 'mapping' ? (value.entries.get('S3Key') ?? value.entries.get('Key')) : undefined;
  const name = key?.kind === 'scalar' ? basename(key.text ?? '') : '';
  if (name === '') return undefined;
  return [`asset.${name.replace(/\.(?:zip|jar)$/, '')}`, `asset.${name}`, name].find((each) =>
    existsSync(join(folder, each)),
  );
}

function isRemote(value: ReturnType<Properties['get']>): boolean {
  return value?.kind === 'scalar' && /^(s3|https?):\/\//.test(value.text ?? '');
}
