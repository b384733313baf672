import { findRuntime, hostedRuntimes } from '../runtimes/runtimes';
import type { FunctionVersion } from './function-version';

const hosted: ReadonlySet<string> = new Set(hostedRuntimes);

/** Why lambdock cannot run a function that Lambda can, with the next step. */
export function hostingProblem({ functionName, package: code }: FunctionVersion): string | undefined {
  if (code.kind !== 'zip' || hosted.has(code.runtime)) return undefined;
  const family = findRuntime(code.runtime)?.family.hosted ?? [];
  const others = family.length > 0 ? family : hostedRuntimes;
  return `Cannot run ${functionName}: the runtime ${code.runtime} is not supported by lambdock. Package the function as a container image (PackageType Image), or use one of ${others.join(', ')}.`;
}
