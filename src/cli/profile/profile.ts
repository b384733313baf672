import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { LogRow } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';
import { parsed, readAll } from '../client/http';
import { refusal } from '../client/refusal';
import { content } from '../invoke';
import { Problem } from '../problem';
import { table } from '../terminal/table';
import { writeText } from '../text-files';
import { cpuFrames, profileIn } from './cpu-profile';
import { flameGraph } from './flame-graph';
import { expensiveImports, type Kind } from './frames';
import { importFrames } from './import-time';

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
  const { lines, initMs } = await coldStart(new Emulator(connection), connection, name, body);
  const cpu = profileIn(lines);
  const frames = cpu === undefined ? importFrames(lines) : cpuFrames(cpu);
  if (frames.length === 0) {
    throw new Problem(
      `${name} printed no profile. Profiles are for Python and for Node.js 20 or later, in Lambda's own runtimes.`,
    );
  }
  const imports = expensiveImports(frames, cpu === undefined ? pythonKind : nodeKind);
  const file = options.svg ?? `${name}.flame.svg`;
  writeText(file, flameGraph(`${name}, cold start`, frames));
  const found = { functionName: name, ...(initMs !== undefined && { initMs }), imports, flameGraph: file };
  process.stdout.write(
    options.json ? `${JSON.stringify(found, null, 2)}\n` : report(name, initMs, imports, file),
  );
  return 0;
}

/** What the interpreter and the runtime import themselves cannot be saved. */
const ownOfPython =
  /^(site|encodings|zipimport|_|runpy|awslambdaric|runtime|bootstrap|codecs|io|abc|os|stat)/;
const pythonKind = (name: string): Kind => (ownOfPython.test(name) ? 'other' : 'import');

/** Files have an extension, packages mostly not: one that has is counted without what it imports. */
const nodeKind = (name: string): Kind =>
  name.startsWith('(') ? 'other' : /\.[cm]?[jt]s$/.test(name) ? 'own' : 'import';

function report(
  name: string,
  initMs: number | undefined,
  imports: ReturnType<typeof expensiveImports>,
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

interface ColdStart {
  /** What the environment printed. */
  readonly lines: readonly string[];
  readonly initMs?: number;
}

/** Starts an environment with a profile, and collects its log until the invocation's REPORT line. */
async function coldStart(
  emulator: Emulator,
  connection: Connection,
  name: string,
  body: Buffer,
): Promise<ColdStart> {
  const stop = new AbortController();
  const path = `/_lambdock/logs?${new URLSearchParams({ function: name, follow: 'true', tail: '0' })}`;
  const log = await emulator.send({ path, signal: stop.signal });
  if (log.statusCode !== 200) throw refusal(connection.endpoint, log, await readAll(log));
  try {
    const collecting = collected(log);
    const response = await emulator.send({
      method: 'POST',
      path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
      headers: { 'x-lambdock-profile': 'imports', 'x-lambdock-cold': '1' },
      body,
    });
    const payload = await readAll(response);
    if (response.statusCode !== 200) throw refusal(connection.endpoint, response, payload);
    const requestId = String(response.headers['x-amzn-requestid']);
    const rows = await collecting(requestId);
    const report = rows.find((row) => row.requestId === requestId && row.text.startsWith('REPORT '));
    const init = /Init Duration: ([\d.]+) ms/.exec(report?.text ?? '')?.[1];
    const lines = rows.filter(({ logStream }) => logStream === report?.logStream).map(({ text }) => text);
    return { lines, ...(init !== undefined && { initMs: Number(init) }) };
  } finally {
    stop.abort();
  }
}

/** Reads a log from now on; the returned function resolves once it has the REPORT line of a request. */
function collected(log: IncomingMessage): (requestId: string) => Promise<readonly LogRow[]> {
  const rows: LogRow[] = [];
  let look: () => void = () => undefined;
  const reader = createInterface({ input: log });
  reader.on('line', (line) => {
    const row = parsed(line);
    if (row !== undefined) rows.push(row as LogRow);
    look();
  });
  // It ends with the command.
  log.on('error', () => undefined);
  reader.on('error', () => undefined);
  return (requestId) =>
    new Promise((resolve) => {
      look = () => {
        if (rows.some((row) => row.requestId === requestId && row.text.startsWith('REPORT '))) resolve(rows);
      };
      look();
    });
}
