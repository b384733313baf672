import type { Registry } from '../functions/registry/registry';
import { type Alarm, type Clock, every } from '../lib/clock';
import type { LogFiles } from '../telemetry/log-files';

/** How long log files of a deleted function are kept, and how often they are checked. */
const graceMs = 3_600_000;
const everyMs = 600_000;

/** Removes the log files of functions that were deleted, from time to time. */
export function pruneLogs(
  files: LogFiles,
  registry: Registry,
  clock: Clock,
  fail: (error: Error) => void,
): Alarm {
  return every(clock, everyMs, () => {
    const names = new Set(registry.everyServed().map(({ record }) => record.functionName));
    files.prune((name) => names.has(name), clock.now(), graceMs).catch(fail);
  });
}
