import { createHash } from 'node:crypto';

/**
 * What INIT_START says of a runtime: `python:3.13.v1` and an ARN whose last part stands for one build of it,
 * here for the image. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
 */
export function runtimeVersion(
  runtime: string,
  region: string,
  image: string,
): { name: string; versionArn: string } {
  const [, family = runtime, version = ''] = /^([a-z]+?)(\d[\d.]*)(?:\.x)?$/.exec(runtime) ?? [];
  const build = createHash('sha256').update(`${runtime} ${image}`).digest('hex');
  return { name: `${family}:${version}.v1`, versionArn: `arn:aws:lambda:${region}::runtime:${build}` };
}
