import type { FunctionVersion } from '../../functions/function-version';
import type { Circumstances } from '../lifecycle/lifecycle-types';
import type { InitializationType } from '../process/process-environment';

export type TimeLimits = Pick<Circumstances, 'timeoutMs' | 'idleTimeoutMs' | 'initMs'>;

const neverMs = 100 * 365 * 86_400_000;
const dayMs = 86_400_000;

/** Time limits of an environment. A debugged function has none; its invocations have a deadline in a day. */
export function timeLimits(
  { timeoutMs, debug }: FunctionVersion,
  initializationType: InitializationType,
  idleTimeoutMs: number,
): TimeLimits {
  if (debug !== undefined) return { timeoutMs: dayMs, initMs: dayMs, idleTimeoutMs: neverMs };
  return { timeoutMs, idleTimeoutMs: initializationType === 'on-demand' ? idleTimeoutMs : neverMs };
}
