import type { Registry } from '../functions/registry/registry';
import { isSameScope, type Scope } from '../functions/registry/state';
import type { Clock } from '../lib/clock';

/** How long an invocation waits for a function that is being created. */
const waitMs = 5_000;

/** Lets invocations wait for functions that are being created, for clients that do not wait themselves. */
export class PendingFunctions {
  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
  ) {}

  /** Resolves when `isPending` does not hold any more, or after five seconds. */
  wait(scope: Scope, functionName: string, isPending: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        alarm.clear();
        end();
        resolve();
      };
      const alarm = this.clock.alarm(this.clock.now() + waitMs, done);
      const end = this.registry.onChange((at, name) => {
        if (name === functionName && isSameScope(at, scope) && !isPending()) done();
      });
      if (!isPending()) done();
    });
  }
}
