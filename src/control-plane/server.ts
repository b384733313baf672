import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { LambdaError } from '../aws/errors';
import type { Registry } from '../functions/registry/registry';
import { namedStorageProblem } from '../functions/registry/storage-problem';
import type { Clock } from '../lib/clock';
import { decodedSegment } from '../lib/uri';
import type { Journal } from '../telemetry/journal';
import type { LogArchive } from '../telemetry/log-archive';
import type { PageSessions } from './auth/page-sessions';
import type { Keys } from './auth/signature';
import { isOpen, verify } from './auth/verifying';
import { cloudWatchLogs, isLogsRequest } from './cloudwatch-logs/cloudwatch-logs';
import { LiveTail } from './cloudwatch-logs/live-tail';
import { LogGroups } from './cloudwatch-logs/log-groups';
import { sendAnswer, sendError } from './edge';
import { type Admission, type FrontDoor, shareAnswer } from './front-door';
import { serveUrl } from './function-urls/serve-url';
import { type Invoked, type InvokeParts, invoke } from './invoke';
import { invokeWithResponseStream } from './invoke-stream';
import { lambdaApi } from './lambda-api';
import type { Operations } from './operations';
import type { Router } from './router';
import { isStsRequest, sts } from './sts';

const operatorPath = /^\/_lambdock(?:[/?]|$)/;
const streamPath = /^\/2021-11-15\/functions\/([^/?]+)\/response-streaming-invocations\/?(?:\?(.*))?$/;
const invocationPath = /^\/2015-03-31\/functions\/([^/?]+)\/invocations\/?(?:\?(.*))?$/;

/** The server for all callers: Lambda's API, and the operator routes under `/_lambdock`. */
export function serveControlPlane(
  server: Server,
  parts: InvokeParts & {
    /** Loads deployments of other processes, so that responses are never older than they are. Does not throw. */
    readonly follow: () => void;
    readonly registry: Registry;
    /** Decides which requests are admitted. */
    readonly door: FrontDoor;
    readonly logs: { readonly archive: LogArchive; readonly journal: Journal; readonly clock: Clock };
    /** Whether an IP address belongs to a function's sandbox. */
    readonly isSandboxAddress: (address: string) => Promise<boolean>;
  },
  /** Routes below `/_lambdock`. */
  operator: Router,
  operations: Operations,
  sessions: PageSessions,
  /** Keys for the verification of signatures. Absent: signatures are not verified. */
  keys?: Keys,
): void {
  const api = lambdaApi(operations, parts);
  const { archive, journal, clock } = parts.logs;
  const logs = { archive, groups: new LogGroups(parts.registry, archive, parts) };
  const urls = { ...parts, ...(keys && { keys }) };
  const operate = async (request: IncomingMessage, response: ServerResponse) => {
    const isTrusted = keys === undefined || isOpen(request) || sessions.holds(request);
    if (!isTrusted) await verify(request, keys, parts.nowMs());
    if (!(await operator.handle(request, response, '/_lambdock'))) sendAnswer(response, await api(request));
  };
  // Limit for receiving a request. Its response may take 15 minutes.
  server.headersTimeout = 30_000;
  server.requestTimeout = 300_000;
  server.timeout = 0;
  // Longer than SDKs keep idle connections, so that the server never closes one during a request.
  server.keepAliveTimeout = 75_000;
  const handled = (request: IncomingMessage) => {
    const invoked = invocationOf(request);
    if (invoked !== undefined) return invoke(request, invoked, parts);
    if (isLogsRequest(request)) return cloudWatchLogs(request, parts, logs);
    return isStsRequest(request) ? sts(request, { ...parts, ...(keys && { keys }) }) : api(request);
  };
  const answered = (request: IncomingMessage) =>
    keys === undefined || sessions.holds(request)
      ? handled(request)
      : verify(request, keys, parts.nowMs()).then(() => handled(request));
  server.on('request', (request, response) => {
    const admission = admitted(request, response, parts.door);
    if (admission === undefined) return;
    parts.follow();
    // The request is from a browser: Lambda's API has no operation at this path.
    if (admission === 'api' && isBrowserAtRoot(request)) request.url = '/_lambdock/';
    const { url = '' } = request;
    if (admission === 'function-url' || url.startsWith('/_lambdock/urls/')) {
      if (admission === 'api' && request.headers['sec-fetch-dest'] !== undefined) {
        refuse(request, response, pageOfFunction(), parts.fail);
        return;
      }
      serveUrl(request, response, urls).catch((error: unknown) => sendError(response, error, parts.fail));
      return;
    }
    if (operatorPath.test(url)) {
      const { remoteAddress } = request.socket;
      // Functions may download code, as from a presigned address of S3. All other routes are for the operator.
      const isForAll = url.startsWith('/_lambdock/code/') || isLoopback(remoteAddress);
      const admitting = isForAll ? Promise.resolve() : refuseSandbox(remoteAddress, parts.isSandboxAddress);
      admitting.then(
        () => operate(request, response).catch((error: unknown) => sendError(response, error, parts.fail)),
        (error: unknown) => refuse(request, response, error, parts.fail),
      );
      return;
    }
    const streamed = url.startsWith('/2021-11-15/') ? invocationOf(request, streamPath) : undefined;
    if (streamed !== undefined) {
      const verified = keys === undefined ? Promise.resolve() : verify(request, keys, parts.nowMs());
      verified
        .then(() => invokeWithResponseStream(request, response, streamed, parts))
        .catch((error: unknown) => sendError(response, error, parts.fail));
      return;
    }
    answered(request)
      .then((answer) => {
        if (answer instanceof LiveTail) answer.begin(response, journal, clock);
        else sendAnswer(response, answer);
      })
      .catch((error: unknown) => {
        const name = invocationOf(request)?.functionName;
        const what = name === undefined ? 'The request' : `Invoke for ${name}`;
        sendError(response, namedStorageProblem(error, what, parts), parts.fail);
      });
  });
}

/** A page at this path would have the same origin as the operator routes and could read their responses. */
function pageOfFunction(): LambdaError {
  return new LambdaError(
    'AccessDeniedException',
    'Request refused: this path is not for browsers. Open the URL with the host name *.lambda-url.*.localhost, which `lambdock list` prints.',
  );
}

/**
 * Does not read a refused request, and closes the connection after the response. Returns undefined after a response.
 */
function admitted(
  request: IncomingMessage,
  response: ServerResponse,
  door: FrontDoor,
): Admission | undefined {
  try {
    const admission = door.admit(request);
    // Function URLs answer preflights with their own CORS configuration.
    if (admission === 'function-url' || request.headers.origin === undefined) return admission;
    return shareAnswer(door, request, response) ? undefined : admission;
  } catch (error) {
    refuse(request, response, error, () => undefined);
    return undefined;
  }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  fail: (error: Error) => void,
): void {
  request.resume();
  response.setHeader('Connection', 'close');
  sendError(response, error, fail);
}

function isLoopback(address = ''): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** @throws {LambdaError} if the caller is a function, or if lambdock cannot determine it */
async function refuseSandbox(
  /** Undefined for a connection that a function's init handed over. */
  remoteAddress: string | undefined,
  isSandboxAddress: (address: string) => Promise<boolean>,
): Promise<void> {
  if (remoteAddress === undefined || (await isSandboxAddress(remoteAddress.replace(/^::ffff:/, '')))) {
    throw new LambdaError(
      'AccessDeniedException',
      'Request refused: operator routes do not answer functions. Call the Lambda API instead.',
    );
  }
}

function invocationOf({ method, url = '' }: IncomingMessage, path = invocationPath): Invoked | undefined {
  const [, name, query] = (method === 'POST' && path.exec(url)) || [];
  if (name === undefined) return undefined;
  const qualifier = query === undefined ? null : new URLSearchParams(query).get('Qualifier');
  const functionName = decodedSegment(name);
  return qualifier ? { functionName, qualifier } : { functionName };
}

function isBrowserAtRoot({ method, url, headers }: IncomingMessage): boolean {
  return url === '/' && method === 'GET' && headers.accept?.includes('text/html') === true;
}
