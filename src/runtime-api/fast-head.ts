/** The head of one of the two requests that every invocation consists of. */
export type UsualHead =
  | { readonly kind: 'next'; readonly headers: ReadonlyMap<string, string> }
  | {
      readonly kind: 'response';
      readonly requestId: string;
      /** Bytes of the body. */
      readonly contentLength: number;
      readonly headers: ReadonlyMap<string, string>;
    };

/** The id has only characters that clients do not escape (RFC 3986, section 2.3), so it needs no decoding. */
const requestLine =
  /^(?:GET \/2018-06-01\/runtime\/invocation\/next|POST \/2018-06-01\/runtime\/invocation\/([\w.~-]{1,64})\/response) HTTP\/1\.1$/;

/** The subset of RFC 9110's field names (section 5.1) that clients use. */
const fieldName = /^[\w-]+$/;
/**
 * Neither control characters nor any beyond ASCII, so no carriage return or line feed by itself (RFC 9112, section
 * 2.2).
 */
const plainText = /^[ -~]*$/;
/** Without a sign or leading zeros; no more digits than the limit has. */
const plainLength = /^(?:0|[1-9]\d{0,6})$/;

/** Fields that change the end of a body, the handling of the connection, or the meaning of the body. */
const unusualFields = [
  'transfer-encoding',
  'trailer',
  'upgrade',
  'proxy-connection',
  'lambda-runtime-function-response-mode',
];

/** Header lines of a request. */
export interface UsualFields {
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Length of the body in bytes; undefined without such a field. */
  readonly contentLength: number | undefined;
}

/**
 * Reads a request's head, from its first byte to before the empty line that ends it.
 *
 * @param limitBytes a longer body is unusual
 * @param fieldsOf `usualFields`, or a cache of it
 * @returns undefined if any part is unusual, valid or not: node:http must read such a request
 */
export function usualHead(
  head: string,
  limitBytes: number,
  fieldsOf: (text: string) => UsualFields | undefined = usualFields,
): UsualHead | undefined {
  const lineEnd = head.indexOf('\r\n');
  // Without a name of the host, and so with no lines at all, the answer has to be 400 (RFC 9112, section 3.2).
  const request = lineEnd < 0 ? null : requestLine.exec(head.slice(0, lineEnd));
  const fields = request && fieldsOf(head.slice(lineEnd + 2));
  if (!fields) return undefined;
  const { headers, contentLength } = fields;
  const requestId = request[1];
  if (requestId === undefined) return contentLength ? undefined : { kind: 'next', headers };
  if (contentLength === undefined || contentLength > limitBytes) return undefined;
  return { kind: 'response', requestId, contentLength, headers };
}

/** Reads the header lines; undefined if any of them is unusual. */
export function usualFields(text: string): UsualFields | undefined {
  const headers = named(text.split('\r\n'));
  if (!headers?.has('host') || unusualFields.some((name) => headers.has(name))) return undefined;
  // Clients made with libcurl send an empty field, which has no effect.
  if (headers.get('expect')) return undefined;
  const connection = headers.get('connection');
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  const length = headers.get('content-length');
  if (length !== undefined && !plainLength.test(length)) return undefined;
  return { headers, contentLength: length === undefined ? undefined : Number(length) };
}

/**
 * Values of header lines by name. Undefined if a line continues the previous one (RFC 9112, section 5.2), has a space
 * before its colon (section 5.1), or repeats a name.
 */
function named(lines: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!fieldName.test(name) || !plainText.test(line) || headers.has(name)) return undefined;
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** `usualFields` with a cache for one client, whose header lines repeat; polls and responses are cached separately. */
export function rememberingFields(): (text: string) => UsualFields | undefined {
  let [last, lastFields]: [string, UsualFields | undefined] = ['', undefined];
  let [before, beforeFields]: [string, UsualFields | undefined] = ['', undefined];
  return (text) => {
    if (text === last) return lastFields;
    [before, beforeFields, last, lastFields] = [
      last,
      lastFields,
      text,
      text === before ? beforeFields : usualFields(text),
    ];
    return lastFields;
  };
}
