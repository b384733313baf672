import type { InvocationTrace, Timeline } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';
import { Problem } from '../problem';
import { table } from '../terminal/table';
import { writeText } from '../text-files';
import { chromeTrace } from './chrome-trace';
import { milliseconds, waterfall } from './waterfall';

export interface TraceOptions {
  /** The beginning of a request's id. */
  readonly request?: string;
  readonly list?: boolean;
  readonly json?: boolean;
  /** A file to write. */
  readonly chrome?: string;
}

const listedMost = 20;

/** Prints an invocation's waterfall, lists the latest, or writes a trace file. */
export async function trace(connection: Connection, name: string, options: TraceOptions): Promise<number> {
  const emulator = new Emulator(connection);
  if (options.chrome !== undefined) return writeTrace(emulator, name, options.chrome, options.request);
  const rows = options.request === undefined || options.list ? await latest(emulator, name, options) : [];
  const id = options.request ?? rows.at(-1)?.requestId;
  if (id === undefined) {
    throw new Problem(
      `${name} has no invocation that lambdock remembers. Invoke it first: npx lambdock invoke ${name}`,
    );
  }
  if (options.list) {
    process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : listing(rows));
    return 0;
  }
  const details = await emulator.invocation(id);
  process.stdout.write(options.json ? `${JSON.stringify(details, null, 2)}\n` : waterfall(details));
  return 0;
}

async function latest(
  emulator: Emulator,
  name: string,
  { list = false }: TraceOptions,
): Promise<readonly InvocationTrace[]> {
  const limit = String(list ? listedMost : 1);
  return (await emulator.timeline({ function: name, limit })).invocations;
}

function listing(rows: readonly InvocationTrace[]): string {
  return table(
    [
      { title: 'REQUEST', text: ({ requestId }) => requestId },
      { title: 'ARRIVED', text: ({ arrivedAt }) => new Date(arrivedAt).toISOString().slice(11, 23) },
      { title: 'STATUS', text: ({ status }) => status },
      { title: 'START', text: ({ isCold, cause }) => (isCold ? `cold, ${cause ?? '?'}` : 'warm') },
      {
        title: 'DURATION',
        text: ({ durationMs }) => (durationMs === undefined ? '-' : milliseconds(durationMs)),
        alignRight: true,
      },
    ],
    rows,
  );
}

async function writeTrace(emulator: Emulator, name: string, file: string, request?: string): Promise<number> {
  const timeline = await emulator.timeline({ function: name });
  const shown = request === undefined ? timeline : narrowed(timeline, request);
  if (shown.invocations.length === 0 && shown.environments.length === 0) {
    throw new Problem(`${name} has nothing to write: lambdock remembers no environment of it.`);
  }
  writeText(file, JSON.stringify(chromeTrace(shown)));
  process.stdout.write(
    `Wrote ${shown.invocations.length} invocations in ${shown.environments.length} environments to ${file}. Open it at https://ui.perfetto.dev\n`,
  );
  return 0;
}

function narrowed(timeline: Timeline, request: string): Timeline {
  const invocations = timeline.invocations.filter(({ requestId }) => requestId.startsWith(request));
  const ids = new Set(invocations.map(({ environmentId }) => environmentId));
  return { ...timeline, invocations, environments: timeline.environments.filter(({ id }) => ids.has(id)) };
}
