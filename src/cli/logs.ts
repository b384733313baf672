import { type Palette, paletteFor } from '../lib/color';
import { LineSplitter } from '../lib/text/lines';
import { indented } from '../lib/text/terminal-text';
import type { LogRow } from '../operator-api/contract';
import { type Connection, Emulator } from './client/emulator';
import { readAll } from './client/http';
import { refusal } from './client/refusal';
import { Problem } from './problem';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly filter?: string;
  readonly request?: string;
  readonly invocation?: 'last';
  readonly json?: boolean;
}

/** Prints log lines as they come; with `follow` until interrupted or until lambdock ends. */
export async function logs(
  connection: Connection & { readonly color: 'auto' | 'never' },
  name: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const { follow, lines, since, filter, request, invocation, json } = options;
  const query = new URLSearchParams({
    ...(name === undefined ? {} : { function: name }),
    ...(follow ? { follow: 'true' } : {}),
    ...(lines === undefined ? {} : { tail: String(lines) }),
    ...(since === undefined ? {} : { since: String(since) }),
    ...(filter === undefined ? {} : { filter }),
    ...(request === undefined ? {} : { request }),
    ...(invocation === undefined ? {} : { invocation }),
  });
  const answer = await new Emulator(connection).send({ path: `/_lambdock/logs?${query}` });
  const { endpoint } = connection;
  if (answer.statusCode !== 200) throw refusal(endpoint, answer, await readAll(answer));
  const palette = paletteFor(process.stdout, connection.color);
  const splitter = new LineSplitter();
  let printed = 0;
  const print = (line: string) => {
    printed += 1;
    process.stdout.write(json ? `${line}\n` : readable(line, name === undefined, palette));
  };
  try {
    for await (const chunk of answer) splitter.push(chunk).forEach(print);
  } catch {
    throw new Problem(
      `The connection to lambdock at ${endpoint} broke. Check whether it still runs: npx lambdock list`,
    );
  }
  splitter.flush().forEach(print);
  if (follow) process.stderr.write('lambdock has shut down.\n');
  // An option that narrows further may leave nothing of a request that has lines.
  else if (printed === 0 && request !== undefined && since === undefined && filter === undefined) {
    throw new Problem(
      `No log lines: the log has none of request ${request}. List invocations: npx lambdock trace${name === undefined ? ' NAME' : ` ${name}`} --list`,
    );
  }
  return 0;
}

/** `12:34:56.789 thumbnail  text`; the name only where logs of several functions are mixed. */
function readable(line: string, named: boolean, { dim, named: colorOf, bad, bold }: Palette): string {
  if (line === '') return '';
  const { time, functionName, logStream, text } = JSON.parse(line) as LogRow;
  const clock = /T([\d:.]+)/.exec(time)?.[1] ?? time;
  // lambdock's own lines are marked, also among those of one function.
  const isOwn = logStream === 'lambdock';
  const name = named || isOwn ? `${(isOwn ? bold : colorOf(functionName))(functionName)}  ` : '';
  const written = indented(text.replace(/\n$/, ''), '    ');
  return `${dim(clock)} ${name}${/\b(ERROR|Status: (error|timeout))\b/.test(written) ? bad(written) : written}\n`;
}
