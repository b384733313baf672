import type { Architecture } from '../aws/architecture';
import { runtimeIdentifiers } from '../aws/runtime-identifiers';
import { families, type RuntimeFamily } from './families';

export const architectures: readonly Architecture[] = ['x86_64', 'arm64'];

export interface Runtime {
  /** Name in the API, such as `python3.13`. */
  readonly identifier: string;
  readonly family: RuntimeFamily;
  /** Whether lambdock can run it. The API accepts the others too, but their invocations fail. */
  readonly hosted: boolean;
}

export const runtimes: readonly Runtime[] = runtimeIdentifiers.map((identifier) => {
  const family = familyOf(identifier);
  if (family === undefined) throw new Error(`The runtime ${identifier} has no family`);
  return { identifier, family, hosted: family.hosted.includes(identifier) };
});

export const hostedRuntimes: readonly string[] = families.flatMap(({ hosted }) => hosted);

/** The family of an identifier, also if AWS does not list the identifier. Undefined for other texts. */
export function familyOf(identifier: string): RuntimeFamily | undefined {
  return families.find(({ prefix }) => prefix.test(identifier));
}

export function findRuntime(identifier: string): Runtime | undefined {
  return runtimes.find((runtime) => runtime.identifier === identifier);
}
