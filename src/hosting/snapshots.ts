import type { Fleet } from '../execution/fleet';
import type { Catalogue } from './catalogue';

/**
 * Initializes an environment of each SnapStart version when the version comes into service, as publishing does on
 * Lambda. The runtime then waits at its snapshot, and the first invocation restores it.
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
      // The log has a failure, and the first invocation retries.
      void fleet.poolOf(version).warm(1);
    }
  });
}
