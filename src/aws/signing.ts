import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** Credentials that sign a request. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present in temporary credentials. */
  readonly sessionToken?: string;
}

/** The parts of a request that a signature covers. */
export interface Signable {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  /** Only the signed headers, by lower-case name. The signer adds `x-amz-date`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Signing {
  readonly credentials: Credentials;
  /** Region, service and day form the credential's scope. */
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

type SignatureHeaders = Readonly<Record<'authorization' | 'x-amz-date', string>> &
  Readonly<Partial<Record<'x-amz-security-token', string>>>;

/**
 * Returns the headers of a signed request. The SDK's signer computes them with Signature Version 4:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signatureHeaders(
  request: Signable,
  { at, ...signing }: Signing,
): Promise<SignatureHeaders> {
  // Loaded on first use, so that runs without signatures start faster.
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({
    ...signing,
    sha256: Sha256,
    applyChecksum: false,
    // All services except S3 escape the path twice for the signature.
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

/** The signature of a presigned URL. `target` must not contain the parameters of the signature. */
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

/** Converts to the signer's format. */
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

/** SHA-256, or HMAC-SHA-256 if there is a secret, with the signer's interface. */
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
