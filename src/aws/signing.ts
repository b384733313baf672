import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** Who signs a request. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that hold for a while only. */
  readonly sessionToken?: string;
}

/** What of a request a signature covers. */
export interface Signable {
  readonly method: string;
  /** Path and query, as they stand in the request's first line. */
  readonly target: string;
  /** Those that are signed and no others, by lower-case names; `x-amz-date` comes by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Signing {
  readonly credentials: Credentials;
  /** With the day, what the signature holds for: the credential's scope. */
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

type SignatureHeaders = Readonly<Record<'authorization' | 'x-amz-date', string>> &
  Readonly<Partial<Record<'x-amz-security-token', string>>>;

/**
 * The headers that make a request a signed one, by the SDK's own signer: Signature Version 4,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signatureHeaders(
  request: Signable,
  { at, ...signing }: Signing,
): Promise<SignatureHeaders> {
  // Loaded by those alone who sign or verify: the others start without it.
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({
    ...signing,
    sha256: Sha256,
    applyChecksum: false,
    // Escaped once more for the signature, as everywhere but in S3.
    uriEscapePath: signing.service !== 's3',
  });
  const { headers } = await signer.sign(signerRequest(request), {
    signingDate: at,
    signableHeaders: new Set(Object.keys(request.headers)),
  });
  const { authorization = '', 'x-amz-date': date = '', 'x-amz-security-token': token } = headers;
  return {
    authorization,
    'x-amz-date': date,
    ...(signing.credentials.sessionToken && token && { 'x-amz-security-token': token }),
  };
}

/** The signature of a presigned URL; `target` is without the parameters of the signature itself. */
export async function presignedSignature(
  request: Signable,
  { at, ...signing }: Signing,
  expiresInSeconds: number,
): Promise<string> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({ ...signing, sha256: Sha256, applyChecksum: false });
  const { query } = await signer.presign(signerRequest(request), {
    signingDate: at,
    expiresIn: expiresInSeconds,
    signableHeaders: new Set(Object.keys(request.headers)),
  });
  return String(query?.['X-Amz-Signature'] ?? '');
}

/** In the signer's terms. */
function signerRequest({ method, target, headers, body }: Signable) {
  const [path = '', search = ''] = target.split('?', 2);
  const parameters = new URLSearchParams(search);
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return { method, protocol: 'http:', hostname: '', path, query, headers: { ...headers }, body };
}

/** SHA-256, with a secret HMAC-SHA-256, in the form that the signer asks for. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #make: () => Hash | Hmac;

  constructor(secret?: ArrayBuffer | ArrayBufferView | string) {
    const key = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.#make = () => (key === undefined ? createHash('sha256') : createHmac('sha256', key));
    this.#hash = this.#make();
  }

  update(data: ArrayBuffer | ArrayBufferView | string): void {
    if (typeof data === 'string') this.#hash.update(data);
    else this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#make();
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Buffer =>
  ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
