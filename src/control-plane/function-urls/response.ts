/** An HTTP response that a function gave, as its URL sends it. */
export interface UrlResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** Headers of a connection, which are not a function's to set. */
const withheld = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
const fieldName = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The response in a function's payload, format 2.0: an object with a `statusCode` is a whole response, anything else is
 * the body of one. Undefined if it is neither.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function urlResponse(payload: Buffer): UrlResponse | undefined {
  const read = parsed(payload);
  if (read === undefined) return undefined;
  if (typeof read !== 'object' || read === null || !('statusCode' in read)) {
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: payload };
  }
  const head = responseHead(read);
  if (head === undefined) return undefined;
  const { body } = read as { readonly body?: unknown };
  const isEncoded = 'isBase64Encoded' in read && read.isBase64Encoded === true;
  return {
    ...head,
    headers: { 'content-type': 'application/json', ...head.headers },
    body: bytesOf(body, isEncoded),
  };
}

/** Status, headers and cookies of a response; undefined where they are not valid. */
export function responseHead(read: object): Omit<UrlResponse, 'body'> | undefined {
  const { statusCode = 200, headers, cookies } = read as Readonly<Record<string, unknown>>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lower = name.toLowerCase();
    if (!fieldName.test(name)) return undefined;
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (/[\r\n\0]/.test(text)) return undefined;
    if (!withheld.has(lower)) fields[lower] = text;
  }
  const texts = Array.isArray(cookies) ? cookies.map(String) : [];
  return texts.some((each) => /[\r\n\0]/.test(each))
    ? undefined
    : { status, headers: fields, cookies: texts };
}

function bytesOf(body: unknown, isEncoded: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body, isEncoded ? 'base64' : 'utf8');
  return Buffer.from(JSON.stringify(body));
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
