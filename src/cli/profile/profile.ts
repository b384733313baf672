import { systemClock } from '../../lib/clock';
import type { ImportProfile, InvocationDetails } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';
import { readAll } from '../client/http';
import { refusal } from '../client/refusal';
import { content } from '../invoke';
import { Problem } from '../problem';
import { table } from '../terminal/table';
import { writeText } from '../text-files';
import { poll } from '../wait';
import { flameGraph } from './flame-graph';

export interface ProfileOptions {
  readonly event?: string;
  /** The file of the flame graph. */
  readonly svg?: string;
  readonly json?: boolean;
}

/** Profiles a cold start, names its most expensive imports, and writes a flame graph. */
export async function profile(
  connection: Connection,
  name: string,
  options: ProfileOptions,
): Promise<number> {
  const { event = '{}' } = options;
  const body = await content(/^\s*[[{"]/.test(event) || event === '-' ? event : `@${event}`, 'event');
  const { invocation, profile: found } = await coldStart(connection, name, body);
  if (found === undefined) {
    throw new Problem(
      `${name} printed no profile. Profiles are for Python and for Node.js 20 or later, in Lambda's own runtimes.`,
    );
  }
  const { requestId, initDurationMs: initMs } = invocation;
  const { imports, frames } = found;
  const file = options.svg ?? `${name}.flame.svg`;
  writeText(file, flameGraph(`${name}, cold start`, frames));
  const result = {
    functionName: name,
    requestId,
    ...(initMs !== undefined && { initMs }),
    imports,
    flameGraph: file,
  };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(result, null, 2)}\n`
      : report(
          name,
          initMs,
          imports,
          `${file}\nWaterfall: npx lambdock trace ${name} --request ${requestId}`,
        ),
  );
  return 0;
}

function report(
  name: string,
  initMs: number | undefined,
  imports: ImportProfile['imports'],
  file: string,
): string {
  const share = (ms: number) => (initMs === undefined ? '' : `${((ms / initMs) * 100).toFixed(0)} %`);
  const rows = table(
    [
      { title: 'IMPORT', text: (row) => row.name },
      { title: 'MS', text: ({ totalMs }) => totalMs.toFixed(1), alignRight: true },
      { title: 'OF INIT', text: ({ totalMs }) => share(totalMs), alignRight: true },
    ],
    imports,
  );
  const init = initMs === undefined ? '' : `, init ${initMs.toFixed(1)} ms with the profile`;
  const advice =
    'An import that only some events need can move into the function that uses it: those starts save its time. A layer makes the package smaller, not its imports faster.';
  return `${name}${init}\n\n${rows}\n${advice}\nFlame graph: ${file}\n`;
}

/** How long figures and what was printed may take to arrive. */
const patience = { everyMs: 50, forMs: 10_000 };

/** Makes a cold start with a profile; resolves once its figures are there. */
async function coldStart(connection: Connection, name: string, body: Buffer): Promise<InvocationDetails> {
  const emulator = new Emulator(connection);
  const response = await emulator.send({
    method: 'POST',
    path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    headers: { 'x-lambdock-profile': 'imports', 'x-lambdock-cold': '1' },
    body,
  });
  const payload = await readAll(response);
  if (response.statusCode !== 200) throw refusal(connection.endpoint, response, payload);
  const requestId = String(response.headers['x-amzn-requestid']);
  const found = await poll(systemClock, patience, async () => {
    const details = await emulator.invocation(requestId);
    return details.invocation.durationMs === undefined ? undefined : details;
  });
  return found ?? emulator.invocation(requestId);
}
