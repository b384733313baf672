import { type Credentials, signatureHeaders } from '../../aws/signing';

/** Endpoint of AWS or of a stand-in. */
export interface AwsEndpoint {
  /** e.g. `http://127.0.0.1:5000`. */
  readonly address: string;
  readonly credentials: Credentials;
  readonly nowMs: () => number;
}

/** One request of an AWS API. */
export interface ApiRequest {
  readonly service: string;
  readonly method: 'POST' | 'PUT';
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response that is not a success. */
export class AwsRefusal extends Error {
  override readonly name = 'AwsRefusal';

  constructor(
    readonly status: number,
    /** The error's name, as services with JSON protocols have it; empty for others. */
    readonly code: string,
    message: string,
    /** The body of the answer. */
    readonly answer = '',
  ) {
    super(message);
  }
}

/**
 * Signs and sends a request; resolves to the body of the response. Rejects with an `AwsRefusal`, or with a sentence if
 * there is no response.
 */
export async function sendToAws(
  { address, credentials, nowMs }: AwsEndpoint,
  region: string,
  { service, method, target, headers, body }: ApiRequest,
  signal?: AbortSignal,
): Promise<string> {
  const url = new URL(target, address);
  const signable = { method, target, headers: { ...headers, host: url.host }, body: Buffer.from(body) };
  const signature = await signatureHeaders(signable, { credentials, region, service, at: new Date(nowMs()) });
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...signature },
    body,
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    throw new Error(`${address} cannot be reached`, { cause });
  });
  const text = await answer.text();
  if (answer.ok) return text;
  throw new AwsRefusal(
    answer.status,
    codeIn(text),
    `${service} answered ${answer.status}: ${text.slice(0, 200)}`,
    text,
  );
}

const codeIn = (text: string) => /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ?? '';

/** A request of a service with one path, whose operations a header names. */
export function jsonRequest(
  service: string,
  target: string,
  version: '1.0' | '1.1',
  content: object,
): ApiRequest {
  return {
    service,
    method: 'POST',
    target: '/',
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target },
    body: JSON.stringify(content),
  };
}
