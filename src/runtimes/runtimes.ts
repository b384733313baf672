import type { Architecture } from '../aws/architecture';

export const architectures: readonly Architecture[] = ['x86_64', 'arm64'];

export type RuntimeFamily = 'python' | 'nodejs' | 'java' | 'dotnet' | 'ruby' | 'go' | 'provided';

export interface Runtime {
  /** As the API has it, e.g. `python3.13`. */
  readonly identifier: string;
  readonly family: RuntimeFamily;
  /** Whether lambdock can run it. The others are known so that an error can say so. */
  readonly hosted: boolean;
}

const known = (family: RuntimeFamily, ...identifiers: string[]): Runtime[] =>
  identifiers.map((identifier) => ({ identifier, family, hosted: false }));
const hosted = (family: RuntimeFamily, ...identifiers: string[]): Runtime[] =>
  identifiers.map((identifier) => ({ identifier, family, hosted: true }));

/**
 * A row per runtime that Lambda has, had, or has announced: the values of `Runtime` in
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export const runtimes: readonly Runtime[] = [
  ...known('python', 'python2.7', 'python3.6', 'python3.7', 'python3.8'),
  ...hosted('python', 'python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'),
  ...known('python', 'python3.15'),
  ...known('nodejs', 'nodejs', 'nodejs4.3', 'nodejs4.3-edge', 'nodejs6.10', 'nodejs8.10', 'nodejs10.x'),
  ...known('nodejs', 'nodejs12.x', 'nodejs14.x', 'nodejs16.x'),
  ...hosted('nodejs', 'nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'),
  ...known('nodejs', 'nodejs26.x'),
  ...known(
    'java',
    'java8',
    'java8.al2',
    'java8.al2023',
    'java11',
    'java11.al2023',
    'java17',
    'java17.al2023',
  ),
  ...known('java', 'java21', 'java25'),
  ...known('dotnet', 'dotnetcore1.0', 'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1'),
  ...known('dotnet', 'dotnet6', 'dotnet8', 'dotnet10'),
  ...known('ruby', 'ruby2.5', 'ruby2.7', 'ruby3.2', 'ruby3.3', 'ruby3.4', 'ruby4.0'),
  ...known('go', 'go1.x'),
  ...known('provided', 'provided', 'provided.al2', 'provided.al2023'),
];

export const hostedRuntimes: readonly string[] = runtimes
  .filter((runtime) => runtime.hosted)
  .map((runtime) => runtime.identifier);

export function findRuntime(identifier: string): Runtime | undefined {
  return runtimes.find((runtime) => runtime.identifier === identifier);
}
