import { systemClock } from '../../lib/clock';
import type { FunctionRow } from '../../operator-api/contract';
import type { Flags } from '../../settings/resolver';
import { connectionSettings } from '../client/connection';
import { Emulator } from '../client/emulator';
import { Refusal } from '../client/refusal';
import { functionTable } from '../list';
import { Problem } from '../problem';
import { poll } from '../wait';

/** Between two questions. A question is one small request on this machine. */
const everyMs = 250;
/** A connection from before lambdock was ready may never get a response. */
const answerLimitMs = 2_000;

export interface WaitOptions {
  readonly timeout?: number;
  readonly json?: boolean;
}

/** Exit codes of `lambdock wait`; docs/ci.md lists them. */
const exitCodes = { ready: 0, failed: 1, timedOut: 2 } as const;

/**
 * Waits until lambdock responds and the named functions (or all) are ready. lambdock need not run yet.
 * @returns 0 if all are ready, 1 if one has failed, 2 after the timeout
 */
export async function waitForFunctions(
  flags: Flags,
  names: readonly string[],
  { timeout = 60, json = false }: WaitOptions,
): Promise<number> {
  let missing = 'lambdock does not respond';
  const rows = await poll(systemClock, { everyMs, forMs: timeout * 1_000 }, async () => {
    const asked = await ask(flags);
    if (typeof asked === 'string') {
      missing = asked;
      return undefined;
    }
    const wanted = names.length === 0 ? asked : asked.filter(({ name }) => names.includes(name));
    const unknown = names.filter((name) => !asked.some((each) => each.name === name));
    const preparing = wanted.filter(({ state }) => state === 'preparing').map(({ name }) => name);
    if (wanted.some(({ state }) => state === 'failed')) return wanted;
    if (unknown.length + preparing.length === 0) return wanted;
    missing = [
      ...(preparing.length > 0 ? [`preparing: ${preparing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`not deployed: ${unknown.join(', ')}`] : []),
    ].join('; ');
    return undefined;
  });
  if (rows === undefined) {
    process.stderr.write(
      `lambdock: Not ready after ${timeout} s: ${missing}. Raise --timeout, or look at: npx lambdock list\n`,
    );
    return exitCodes.timedOut;
  }
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : functionTable(rows));
  return rows.some(({ state }) => state === 'failed') ? exitCodes.failed : exitCodes.ready;
}

/** The functions, or the reason why there is no list yet. */
async function ask(flags: Flags): Promise<readonly FunctionRow[] | string> {
  try {
    // Again each time: the address is known only once lambdock has started.
    const settings = await connectionSettings(flags);
    return (await new Emulator(settings, answerLimitMs).functions()).functions;
  } catch (error) {
    if (error instanceof Refusal) {
      if (error.status < 500) throw error;
      return 'lambdock is starting';
    }
    if (error instanceof Problem || isAbort(error)) return 'lambdock does not respond';
    throw error;
  }
}

const isAbort = (error: unknown) => error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name);
