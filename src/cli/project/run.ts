import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { systemClock } from '../../lib/clock';
import type { Settings } from '../../settings';
import type { Flags } from '../../settings/resolver';
import { Emulator } from '../client/emulator';
import { parsed, readAll } from '../client/http';
import { refusal } from '../client/refusal';
import { content } from '../invoke';
import { prepareEngine } from '../prepare';
import { Problem } from '../problem';
import { openApp } from '../start';
import { Progress } from '../terminal/progress';

export interface RunOptions {
  /** A file, `-` for standard input, or JSON; absent: `{}`. */
  readonly event?: string;
}

/** Exit codes of `lambdock run`; docs/ci.md lists them. 1: the function was not run. */
const exitCodes = { answered: 0, error: 2, timedOut: 3, crashed: 4 } as const;

/**
 * Starts lambdock for one function, invokes it once and ends. The response goes to `output`, the rest to standard
 * error.
 */
export async function run(
  name: string,
  { event = '{}', ...flags }: Flags & RunOptions,
  output: Writable = process.stdout,
): Promise<number> {
  const body = await content(/^\s*[[{"]/.test(event) || event === '-' ? event : `@${event}`, 'event');
  if (parsed(body.toString()) === undefined) {
    throw new Problem(
      `Cannot invoke ${name}: the event is not valid JSON. Check ${event}, or print a sample event: npx lambdock event`,
    );
  }
  const progress = new Progress(process.stderr, systemClock);
  // Nothing is kept ready: there is one call. The port is free, so that a lambdock of this folder may run as well.
  const own = { only: [name], port: 0, watch: 'false', spares: 0 };
  const { settings } = await prepareEngine({ ...flags, ...own }, progress);
  // Apart from the data of a lambdock that hosts the whole template; kept, so that layers are built once.
  const dataFolder =
    flags.data === undefined
      ? join(settings.dataFolder, 'run', name.replaceAll(/[^\w-]/g, '-'))
      : settings.dataFolder;
  const app = await openApp({ ...settings, dataFolder }, process.stderr);
  let signalled = false;
  const onSignal = () => {
    // A second signal does not wait.
    if (signalled) process.exit(130);
    signalled = true;
    void app.close().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  try {
    await app.settled;
    return await invokeOnce({ ...settings, endpoint: app.address }, name, body, output);
  } finally {
    await app.close();
  }
}

async function invokeOnce(settings: Settings, name: string, body: Buffer, output: Writable): Promise<number> {
  const emulator = new Emulator(settings);
  const { functions } = await emulator.functions();
  const failed = functions.find((each) => each.state === 'failed');
  if (failed !== undefined) throw new Problem(`Cannot run ${name}: ${failed.reason ?? 'it failed'}`);
  // A SAM template's logical id leads to the function's own name.
  const functionName = functions.length === 1 ? (functions[0]?.name ?? name) : name;
  const answer = await emulator.send({
    method: 'POST',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    headers: { 'content-type': 'application/json' },
    body,
  });
  const payload = await readAll(answer);
  if ((answer.statusCode ?? 500) >= 300) throw refusal(settings.endpoint, answer, payload);
  await new Promise<void>((resolve) => output.write(`${payload}\n`, () => resolve()));
  return answer.headers['x-amz-function-error'] === undefined
    ? exitCodes.answered
    : exitCodeOf(parsed(payload.toString()));
}

function exitCodeOf(payload: unknown): number {
  const type = typeof payload === 'object' && payload !== null && 'errorType' in payload && payload.errorType;
  if (type === 'Sandbox.Timedout') return exitCodes.timedOut;
  return type === 'Runtime.ExitError' || type === 'Runtime.OutOfMemory' ? exitCodes.crashed : exitCodes.error;
}
