import type { IncomingMessage } from 'node:http';
import { headerOf } from '../edge';

/** Fields of an event besides the request. */
export interface EventContext {
  readonly urlId: string;
  readonly domainName: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly nowMs: number;
  /** Path and query after the URL's own part of the address, as sent. */
  readonly target: string;
  /** The account of a signed request; absent for `AuthType: NONE`. */
  readonly caller?: { readonly accountId: string; readonly accessKey: string };
}

/** Types whose bodies are text; all others are in Base64. */
const textType =
  /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded|graphql)|[^;]+\+(?:json|xml)\b)/i;

/**
 * The event of a request to a function URL, payload format 2.0.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function urlEvent(request: IncomingMessage, body: Buffer, context: EventContext): object {
  const [path = '/', query = ''] = splitOnce(context.target);
  const parameters = [...new URLSearchParams(query)];
  const { cookie, ...headers } = headersOf(request, context);
  const cookies = cookie?.split(/;\s*/).filter((each) => each !== '');
  const { caller } = context;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies && cookies.length > 0 && { cookies }),
    headers,
    ...(parameters.length > 0 && { queryStringParameters: joinedByName(parameters) }),
    requestContext: {
      accountId: caller?.accountId ?? 'anonymous',
      apiId: context.urlId,
      ...(caller && { authorizer: { iam: iamOf(caller) } }),
      domainName: context.domainName,
      domainPrefix: context.urlId,
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: addressOf(request),
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
      requestId: context.requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(context.nowMs),
      timeEpoch: context.nowMs,
    },
    ...bodyMembers(body, headerOf(request, 'content-type')),
  };
}

function bodyMembers(body: Buffer, contentType: string | undefined): object {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = contentType !== undefined && textType.test(contentType);
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

function headersOf(request: IncomingMessage, context: EventContext): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headersDistinct)) {
    if (value !== undefined) headers[name] = value.join(name === 'cookie' ? '; ' : ',');
  }
  const own = {
    host: context.domainName,
    'x-forwarded-for': addressOf(request),
    'x-forwarded-port': String(request.socket.localPort ?? 80),
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': context.traceId.split(';', 1).join(),
  };
  const { connection, 'transfer-encoding': encoding, ...rest } = headers;
  return { ...rest, ...own };
}

function joinedByName(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of pairs) {
    const before = Object.hasOwn(joined, name) ? `${joined[name]},` : '';
    Object.defineProperty(joined, name, {
      value: before + value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return joined;
}

function iamOf({ accountId, accessKey }: { readonly accountId: string; readonly accessKey: string }): object {
  return {
    accessKey,
    accountId,
    callerId: accountId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  };
}

const addressOf = ({ socket }: IncomingMessage) =>
  (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');

function splitOnce(target: string): [string, string?] {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(nowMs: number): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time} +0000`;
}
