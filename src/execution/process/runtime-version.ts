import { createHash } from 'node:crypto';
import type { FunctionVersion } from '../../functions/function-version';

/**
 * The runtime in INIT_START: `python:3.13.v1` and an ARN whose last part identifies one build, which is `image`.
 * Functions packaged as images have none. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
 */
export function runtimeVersion(
  { package: code }: FunctionVersion,
  region: string,
  image = '',
): { readonly name: string; readonly versionArn: string } | undefined {
  if (code.kind !== 'zip') return undefined;
  const { runtime } = code;
  const [, family = runtime, version = ''] = /^([a-z]+?)(\d[\d.]*)(?:\.x)?$/.exec(runtime) ?? [];
  const build = createHash('sha256').update(`${runtime} ${image}`).digest('hex');
  return { name: `${family}:${version}.v1`, versionArn: `arn:aws:lambda:${region}::runtime:${build}` };
}
