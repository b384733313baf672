import type { Fleet } from '../execution/fleet';
import type { Catalogue } from './catalogue';

/**
 * Initialises an environment of each version with SnapStart when it comes into service, as publishing it does on Lambda: its
 * runtime then waits behind the snapshot, and the first invocation restores it.
 */
export function initializeSnapshots(
  catalogue: Pick<Catalogue, 'inService' | 'onChange'>,
  fleet: Pick<Fleet, 'poolOf'>,
): void {
  const known = new Set<string>();
  catalogue.onChange((scope, functionName) => {
    for (const version of catalogue.inService(scope, functionName)) {
      const key = `${version.functionArn}:${version.version}`;
      if (!version.snapStart || known.has(key)) continue;
      known.add(key);
      // What fails is in the log, and an invocation tries again.
      void fleet.poolOf(version).warm(1);
    }
  });
}
