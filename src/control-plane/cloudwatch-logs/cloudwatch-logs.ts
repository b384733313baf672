import type { IncomingMessage } from 'node:http';
import { bodyOf } from '../../lib/http-body';
import { type Caller, callerOf } from '../caller';
import { type Answer, headerOf } from '../edge';
import { wholeBody } from '../whole-body';
import type { LiveTail } from './live-tail';
import { LogInput } from './log-input';
import { invalidParameter, LogsError } from './logs-error';
import { type LogsParts, logsOperations, startLiveTail } from './operations';

const target = /^Logs_20140328\.([A-Za-z]{1,64})$/;
const contentType = 'application/x-amz-json-1.1';
const largestBytes = 65_536;

/** CloudWatch Logs has one path for all its operations, which a header names. */
export function isLogsRequest({ method, url, headers }: IncomingMessage): boolean {
  return method === 'POST' && url === '/' && target.test(String(headers['x-amz-target']));
}

/**
 * Answers the operations of CloudWatch Logs that read, from the log files, so that tools show logs without an account.
 * Errors of the service itself are answers; what concerns the request as a whole is thrown as a `LambdaError`.
 */
export async function cloudWatchLogs(
  request: IncomingMessage,
  defaults: Caller,
  parts: LogsParts,
): Promise<Answer | LiveTail> {
  const [, name = ''] = target.exec(headerOf(request, 'x-amz-target') ?? '') ?? [];
  const body = wholeBody(
    await bodyOf(request, largestBytes),
    () => `Request must be smaller than ${largestBytes} bytes`,
  );
  const { region, accountId } = callerOf(request.headers.authorization, defaults);
  const scope = { region, accountId };
  try {
    if (name === 'StartLiveTail') return await startLiveTail(new LogInput(membersOf(body)), scope, parts);
    const operation = Object.hasOwn(logsOperations, name) ? logsOperations[name] : undefined;
    if (operation === undefined)
      throw new LogsError(
        'UnknownOperationException',
        `lambdock does not offer ${name} of CloudWatch Logs. Use one of ${Object.keys(logsOperations).join(', ')}, StartLiveTail.`,
      );
    return answer(200, await operation(new LogInput(membersOf(body)), scope, parts));
  } catch (error) {
    if (!(error instanceof LogsError)) throw error;
    return answer(400, { __type: error.code, message: error.message });
  }
}

function membersOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof read === 'object' && read !== null && !Array.isArray(read))
      return read as Readonly<Record<string, unknown>>;
  } catch {
    // Not JSON, as well.
  }
  throw invalidParameter('The body must be a JSON object.');
}

const answer = (status: number, content: object): Answer => ({
  status,
  contentType,
  body: Buffer.from(JSON.stringify(content)),
});
