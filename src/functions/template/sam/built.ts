import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { findSource, functionKinds } from '../function-kinds';
import type { Value } from '../values';
import type { Properties } from './properties';
import { metadataText, type Resource } from './resources';

/** Whether code is used as it is: `sam build` or the CDK has built it, or the resource has `SkipBuild`. */
export function isBuilt(resource: Resource): boolean {
  // Both tools write metadata into the templates of code that they have built.
  const sourceKeys = ['SamResourceId', 'aws:asset:path'];
  if (sourceKeys.some((key) => metadataText(resource, key) !== undefined)) return true;
  if (/^(true|yes|on)$/i.test(metadataText(resource, 'SkipBuild') ?? '')) return true;
  return resource.place.source.file.includes(`${sep}.aws-sam${sep}`);
}

/**
 * The local path of a function's code or of a layer's content: the path in the template, or where the CDK put it.
 * Undefined if it is not on this machine, which is noted.
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
 * The local file of an S3 key. The CDK writes it next to the template as `asset.HASH`, the Serverless Framework under
 * its file name.
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
