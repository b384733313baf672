import { LineSplitter } from '../lib/lines';
import { indented } from '../lib/terminal-text';
import type { LogRow } from '../operator-api/contract';
import { type Connection, Emulator } from './emulator';
import { readAll } from './http';
import { Problem } from './problem';
import { refusal } from './refusal';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly json?: boolean;
}

/** Prints log lines as they come; with `follow` until interrupted or until lambdock ends. */
export async function logs(
  connection: Connection,
  name: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const query = new URLSearchParams({
    ...(name === undefined ? {} : { function: name }),
    ...(options.follow ? { follow: 'true' } : {}),
    ...(options.lines === undefined ? {} : { tail: String(options.lines) }),
  });
  const answer = await new Emulator(connection).send({ path: `/_lambdock/logs?${query}` });
  const { endpoint } = connection;
  if (answer.statusCode !== 200) throw refusal(endpoint, answer, await readAll(answer));
  const splitter = new LineSplitter();
  const print = (line: string) =>
    process.stdout.write(options.json ? `${line}\n` : readable(line, name === undefined));
  try {
    for await (const chunk of answer) splitter.push(chunk).forEach(print);
  } catch {
    throw new Problem(`The connection to lambdock at ${endpoint} broke; it has ended or was killed.`);
  }
  splitter.flush().forEach(print);
  if (options.follow) process.stderr.write('lambdock ended.\n');
  return 0;
}

/** `12:34:56.789 thumbnail  text`; the name only where logs of several functions are mixed. */
function readable(line: string, named: boolean): string {
  if (line === '') return '';
  const { time, functionName, text } = JSON.parse(line) as LogRow;
  const clock = /T([\d:.]+)/.exec(time)?.[1] ?? time;
  return `${clock} ${named ? `${functionName}  ` : ''}${indented(text.replace(/\n$/, ''), '    ')}\n`;
}
