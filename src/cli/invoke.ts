import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { systemClock } from '../lib/clock';
import { rootErrnoOf } from '../lib/errno';
import { visible } from '../lib/text/terminal-text';
import { type Connection, Emulator } from './client/emulator';
import { parsed, readAll } from './client/http';
import { refusal } from './client/refusal';
import { Problem } from './problem';

/** Limit of the request for warnings, which must not delay the response. */
const noticesWithinMs = 1_000;

export interface InvokeOptions {
  readonly payload?: string;
  readonly tail?: boolean;
  readonly async?: boolean;
  readonly clientContext?: string;
  readonly qualifier?: string;
  readonly json?: boolean;
}

/**
 * Invokes a function. Its response goes to standard output, everything else to standard error.
 * Resolves to the exit code: 1 if the function failed.
 */
export async function invoke(connection: Connection, name: string, options: InvokeOptions): Promise<number> {
  const body = options.payload === undefined ? undefined : await content(options.payload, 'payload');
  const context =
    options.clientContext === undefined ? undefined : await content(options.clientContext, 'client context');
  if (context && parsed(context.toString()) === undefined) {
    throw new Problem(
      'The client context is not valid JSON. Pass an object, e.g. --client-context \'{"custom":{"key":"value"}}\'',
    );
  }
  const query =
    options.qualifier === undefined ? '' : `?${new URLSearchParams({ Qualifier: options.qualifier })}`;
  const startedMs = systemClock.elapsed();
  const answer = await new Emulator(connection).send({
    method: 'POST',
    path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations${query}`,
    headers: {
      'content-type': 'application/json',
      ...(options.tail ? { 'x-amz-log-type': 'Tail' } : {}),
      ...(options.async ? { 'x-amz-invocation-type': 'Event' } : {}),
      ...(context ? { 'x-amz-client-context': context.toString('base64') } : {}),
    },
    ...(body ? { body } : { body: Buffer.alloc(0) }),
  });
  const payload = await readAll(answer);
  const tookMs = systemClock.elapsed() - startedMs;
  if ((answer.statusCode ?? 500) >= 300) throw refusal(connection.endpoint, answer, payload);
  const functionError = header(answer, 'x-amz-function-error');
  await warn(connection, name);
  if (options.json) process.stdout.write(`${JSON.stringify(asJson(answer, payload, tookMs), null, 2)}\n`);
  else {
    const log = header(answer, 'x-amz-log-result');
    if (log !== undefined) process.stderr.write(shown(Buffer.from(log, 'base64')));
    process.stderr.write(`${status(answer, tookMs)}\n`);
    if (payload.length > 0) {
      // Files and pipes get the unchanged bytes.
      process.stdout.write(process.stdout.isTTY ? shown(payload) : payload);
      process.stdout.write('\n');
    }
  }
  return functionError === undefined ? 0 : 1;
}

/** A function's output, made safe for a terminal. */
function shown(bytes: Buffer): string {
  return visible(bytes.toString().replace(/\r\n?/g, '\n'));
}

/** Prints deployment problems, which explain why the old code responded. */
async function warn(connection: Connection, name: string): Promise<void> {
  const [functionName = name] = /[^:]+$/.exec(name.replace(/:(\$LATEST|\d+)$/, '')) ?? [];
  const notices = await new Emulator(connection, noticesWithinMs).notices(functionName).catch(() => []);
  for (const { text } of notices) process.stderr.write(`warning: ${visible(text)}\n`);
}

/** The content of an option: the text itself, `@FILE`, or `-` for standard input. */
export async function content(option: string, what: string): Promise<Buffer> {
  if (option === '-') return readAll(process.stdin);
  if (!option.startsWith('@')) return Buffer.from(option);
  const file = option.slice(1);
  try {
    return await readFile(file);
  } catch (error) {
    const why =
      rootErrnoOf(error) === 'ENOENT'
        ? 'the file does not exist'
        : `it is not readable (${rootErrnoOf(error)})`;
    throw new Problem(`Cannot read the ${what} from ${file}: ${why}. Check the path after the @.`);
  }
}

function header(answer: IncomingMessage, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function status(answer: IncomingMessage, tookMs: number): string {
  const functionError = header(answer, 'x-amz-function-error');
  const requestId = header(answer, 'x-amzn-requestid');
  return [
    `Status ${answer.statusCode}`,
    functionError === undefined ? '' : `function error: ${functionError}`,
    `version ${header(answer, 'x-amz-executed-version') ?? '-'}`,
    `${tookMs.toFixed(1)} ms`,
    requestId === undefined ? '' : `request ${requestId}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function asJson(answer: IncomingMessage, payload: Buffer, tookMs: number) {
  const text = payload.toString();
  const log = header(answer, 'x-amz-log-result');
  return {
    statusCode: answer.statusCode,
    functionError: header(answer, 'x-amz-function-error'),
    executedVersion: header(answer, 'x-amz-executed-version'),
    requestId: header(answer, 'x-amzn-requestid'),
    durationMs: Number(tookMs.toFixed(3)),
    log: log === undefined ? undefined : Buffer.from(log, 'base64').toString(),
    payload: parsed(text) ?? text,
  };
}
