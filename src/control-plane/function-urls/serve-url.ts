import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LambdaError } from '../../aws/errors';
import { limits } from '../../aws/limits';
import { type FunctionUrl, findFunctionUrl, functionUrls } from '../../functions/registry/function-urls';
import type { Registry } from '../../functions/registry/registry';
import type { Scope } from '../../functions/registry/state';
import { bodyOf } from '../../lib/http-body';
import { decodedSegment } from '../../lib/uri';
import type { Keys } from '../auth/signature';
import { verify } from '../auth/verifying';
import { callerOf } from '../caller';
import { headerOf, isColdForced } from '../edge';
import type { InvokeParts } from '../invoke';
import { answeredTrace } from '../trace';
import { corsHeaders, isPreflight } from './cors';
import { urlEvent } from './event';
import { urlResponse } from './response';
import { UrlStream } from './stream';

export interface UrlParts extends InvokeParts {
  readonly registry: Registry;
  /** Whose signatures are verified; absent where any is believed. */
  readonly keys?: Keys;
}

/** A request to a function URL. */
interface UrlRequest {
  readonly scope: Scope;
  readonly url: FunctionUrl;
  /** Path and query after the URL's own part of the address, as sent. */
  readonly target: string;
}

const host = /^([a-z0-9]+)\.lambda-url\.[a-z0-9-]+\.localhost(?::\d+)?$/i;
const pathForm = /^\/_lambdock\/urls\/([^/?]+)(.*)$/s;

/**
 * The function URL that a request is for, by its host name or by `/_lambdock/urls/NAME[:ALIAS]/…`.
 * @throws {LambdaError} where there is no such URL
 */
function urlRequest(request: IncomingMessage, parts: UrlParts): UrlRequest {
  const { url: target = '/' } = request;
  const { database } = parts.registry;
  const [, urlId] = host.exec(request.headers.host ?? '') ?? [];
  if (urlId !== undefined) {
    const found = findFunctionUrl(database, urlId.toLowerCase());
    if (found === undefined) throw noSuchUrl();
    return { ...found, target };
  }
  const [, name, rest = ''] = pathForm.exec(target) ?? [];
  if (name === undefined) throw noSuchUrl();
  const scope = { region: parts.region, accountId: parts.accountId };
  const url = functionUrls(database).get(scope, decodedSegment(name));
  if (url === undefined) throw noSuchUrl();
  return { scope, url, target: rest.startsWith('/') ? rest : `/${rest}` };
}

const noSuchUrl = () => new LambdaError('ResourceNotFoundException', 'Function URL not found.');

/**
 * Invokes the function behind a URL. Resolves when the response has ended.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * @throws {LambdaError} before anything was sent
 */
export async function serveUrl(
  request: IncomingMessage,
  response: ServerResponse,
  parts: UrlParts,
): Promise<void> {
  const { scope, url, target } = urlRequest(request, parts);
  const cors = corsHeaders(url.Cors, request);
  if (url.Cors !== undefined && isPreflight(request)) {
    response.writeHead(200, { ...cors, 'Content-Length': 0 }).end();
    return;
  }
  const caller = url.AuthType === 'AWS_IAM' ? await signer(request, parts) : undefined;
  if (
    caller === 'refused' ||
    (caller && !parts.accounts.allows('InvokeFunctionUrl', scope, url, caller.accountId))
  ) {
    sendPlain(response, 403, cors, '{"Message":"Forbidden"}');
    return;
  }
  const body = await bodyOf(request, limits.syncPayloadBytes);
  if (body.kind === 'truncated') return;
  if (body.kind === 'tooLarge') {
    sendPlain(response, 413, cors, '{"Message":"Request Too Long"}');
    return;
  }
  const { functionName, qualifier } = url;
  const version = await parts.find({
    functionName,
    scope,
    hasScope: true,
    ...(qualifier !== undefined && { qualifier }),
  });
  if (version === undefined) throw noSuchUrl();
  const requestId = randomUUID();
  const traced = parts.traces.begin(headerOf(request, 'x-amzn-trace-id'), version);
  const trace = traced.traceId;
  const event = urlEvent(request, body.bytes, {
    urlId: url.urlId,
    domainName: `${url.urlId}.lambda-url.${scope.region}.on.aws`,
    requestId,
    traceId: trace,
    nowMs: parts.nowMs(),
    target,
    ...(caller && { caller }),
  });
  const headers = { ...cors, 'x-amzn-RequestId': requestId, 'X-Amzn-Trace-Id': answeredTrace(trace) };
  const stream = url.InvokeMode === 'RESPONSE_STREAM' ? new UrlStream(response, headers) : undefined;
  const ending = await parts.invoker.invoke({
    requestId,
    version,
    invokedFunctionArn: qualifier === undefined ? version.functionArn : `${version.functionArn}:${qualifier}`,
    payload: Buffer.from(JSON.stringify(event)),
    ...traced,
    tail: false,
    ...(stream && { sink: stream }),
    ...(isColdForced(request) && { isForcedCold: true }),
  });
  if (stream !== undefined) {
    stream.complete(ending);
    return;
  }
  const { outcome } = ending;
  const answer = outcome.kind === 'succeeded' ? urlResponse(outcome.payload) : undefined;
  if (answer === undefined) {
    sendPlain(response, 502, headers, 'Internal Server Error');
    return;
  }
  response.writeHead(answer.status, {
    ...headers,
    ...answer.headers,
    ...(answer.cookies.length > 0 && { 'Set-Cookie': [...answer.cookies] }),
    'Content-Length': answer.body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

/** The signer of a request. The signature is verified if there are keys, and trusted otherwise. */
async function signer(
  request: IncomingMessage,
  parts: UrlParts,
): Promise<{ readonly accountId: string; readonly accessKey: string } | 'refused'> {
  const { authorization } = request.headers;
  const accessKey = /Credential=([^/,\s]+)/.exec(authorization ?? '')?.[1];
  if (accessKey === undefined) return 'refused';
  try {
    if (parts.keys !== undefined) await verify(request, parts.keys, parts.nowMs());
  } catch (error) {
    if (error instanceof LambdaError) return 'refused';
    throw error;
  }
  return { accountId: callerOf(authorization, parts).accountId, accessKey };
}

function sendPlain(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json' });
  response.end(body);
}
