import type { Clock } from '../../lib/clock';
import type { ReportProgress } from '../../lib/progress';
import type { FunctionRow } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';
import { Refusal } from '../client/refusal';
import { Problem } from '../problem';
import { poll } from '../wait';

export interface Starting {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Whether lambdock's container still runs. */
  readonly alive: () => Promise<boolean>;
  /** The last lines that it printed. */
  readonly output: () => Promise<string>;
}

const longestStartMs = 60_000;
/** Layers may be built from sources first, over a slow network. */
const longestPreparationMs = 30 * 60_000;

/** Waits until lambdock responds and every function is ready or has failed; resolves to the functions. */
export async function waitUntilReady(
  starting: Starting,
  report: ReportProgress,
): Promise<readonly FunctionRow[]> {
  // A connection from before it was ready may never get a response.
  const emulator = new Emulator(starting.connection, 2_000);
  report('waiting for its response');
  const healthy = await ask(
    starting,
    200,
    longestStartMs,
    async () => (await emulator.health()).status === 'ok',
  );
  if (!healthy)
    throw new Problem(
      `lambdock does not respond at ${starting.connection.endpoint} after ${longestStartMs / 1_000} s. It printed:\n${await starting.output()}`,
    );
  const functions = await ask(starting, 500, longestPreparationMs, async () => {
    const rows = (await emulator.functions()).functions;
    const waiting = rows.filter(({ state }) => state === 'preparing').map(({ name }) => name);
    if (waiting.length === 0) return rows;
    report(`preparing ${waiting.join(', ')}`, (rows.length - waiting.length) / rows.length);
    return undefined;
  });
  if (!functions)
    throw new Problem('Functions are not ready after 30 minutes. Check their states: npx lambdock list');
  return functions;
}

/** Polls until there is a result; rejects early if the container has exited. */
async function ask<T>(
  { clock, alive, output }: Starting,
  everyMs: number,
  forMs: number,
  question: () => Promise<T | undefined | false>,
): Promise<T | undefined> {
  return poll(clock, { everyMs, forMs }, async () => {
    try {
      return (await question()) || undefined;
    } catch (error) {
      // A refusal is final unless lambdock is still starting.
      if (error instanceof Refusal && error.status < 500) throw error;
      // It is not listening yet, or has exited.
      if (await alive()) return undefined;
      throw new Problem(`lambdock exited right after its start. It printed:\n${await output()}`, {
        cause: error,
      });
    }
  });
}
