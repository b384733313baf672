import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import { LambdaError } from '../aws/errors';

export interface FrontDoorOptions {
  /** Further host names to accept; `*.example.com` matches every name below, `*` any name. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may send requests, e.g. `http://localhost:5173`; `*` means any. */
  readonly allowedOrigins: readonly string[];
  /** Names that this machine or container has: how others on its network call it. */
  readonly ownNames: readonly string[];
  /** What the operator page sends in `X-Lambdock-Token` with each request that changes something. */
  readonly token: string;
}

/** Where an admitted request goes: to the API and operator routes, or only to the function URL of its host name. */
export type Admission = 'api' | 'function-url';

const tokenHeader = 'x-lambdock-token';

/** Engines' names of their host machine. `.internal` is reserved, so no web site can own them. */
const hostMachineNames = ['host.docker.internal', 'gateway.docker.internal', 'host.containers.internal'];

const functionUrlName = /^[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.localhost$/;

/** Verdicts that are kept; clients use a few hosts. */
const rememberedMost = 64;

const isRead: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/**
 * Refuses requests of web pages. A page of any site can make the browser send requests to a local port. Such a request
 * has a foreign `Origin` or `Sec-Fetch-Site`, or, after DNS rebinding, the page's host name as `Host`. Other clients
 * send neither header and use one of lambdock's host names.
 */
export class FrontDoor {
  readonly #names: ReadonlySet<string>;
  readonly #suffixes: readonly string[];
  readonly #anyHost: boolean;
  readonly #origins: ReadonlySet<string>;
  readonly #token: string;
  readonly #verdicts = new Map<string, Admission>();

  constructor({ allowedHosts, allowedOrigins, ownNames, token }: FrontDoorOptions) {
    const hosts = [...allowedHosts, ...ownNames].map((name) => name.toLowerCase());
    this.#names = new Set([...hostMachineNames, ...hosts]);
    this.#suffixes = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
    this.#anyHost = allowedHosts.includes('*');
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
    this.#token = token;
  }

  /**
   * Call it before any other part of a request is used.
   * @throws {LambdaError} if the request is refused
   */
  admit(request: IncomingMessage): Admission {
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    const admission = (host !== undefined && this.#verdicts.get(host)) || this.#admitHost(host);
    // An absolute target would override `Host`; `*` and authorities are for proxies and whole servers.
    if (!request.url?.startsWith('/')) {
      throw new LambdaError(
        'ValidationException',
        'Request refused: its target must be a path. Send `POST /path HTTP/1.1`, without scheme and host.',
      );
    }
    if (hasSecondHost(request.rawHeaders)) {
      throw refused('it has more than one Host header. Send one.');
    }
    // The CORS configuration of a function URL decides about origins.
    if (admission === 'api' && (origin !== undefined || site !== undefined)) {
      this.#admitBrowser(request, String(host), origin, site);
    }
    return admission;
  }

  /** Whether pages of this origin may read answers. */
  allows(origin: string | undefined): boolean {
    return origin !== undefined && (this.#origins.has('*') || this.#origins.has(origin.toLowerCase()));
  }

  #admitHost(host: string | undefined): Admission {
    const name = nameOf(host ?? '');
    if (name === undefined || !this.#isOurs(name)) {
      throw refused(
        `the Host "${host ?? ''}" is not one of lambdock's. ` +
          'Use localhost, an IP address, or add the name to allowedHosts (--allowed-hosts NAME).',
      );
    }
    const admission: Admission = functionUrlName.test(name) ? 'function-url' : 'api';
    if (this.#verdicts.size < rememberedMost) this.#verdicts.set(String(host), admission);
    return admission;
  }

  #isOurs(name: string): boolean {
    if (isIPv4(name) || isIPv6(name)) return true; // an address cannot be rebound
    if (name === 'localhost' || name.endsWith('.localhost')) return true;
    return this.#anyHost || this.#names.has(name) || this.#suffixes.some((suffix) => name.endsWith(suffix));
  }

  #admitBrowser(
    { method, headers }: IncomingMessage,
    host: string,
    origin: string | undefined,
    site: string | string[] | undefined,
  ): void {
    if (this.allows(origin)) return;
    const isOwn = origin === undefined ? site === 'same-origin' || site === 'none' : isOriginOf(origin, host);
    if (!isOwn || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
      throw refused(
        `it comes from a web page${origin === undefined ? ' of another site' : ` of ${origin}`}. ` +
          'Add the page to allowedOrigins (--allowed-origins ORIGIN) to let it call functions.',
      );
    }
    if (!isRead.has(method) && headers[tokenHeader] !== this.#token) {
      throw refused(`a web page must send the token of this lambdock in ${tokenHeader} to change something.`);
    }
  }
}

/** Lets pages of allowed origins read answers. Returns whether the request was a preflight, which is answered then. */
export function shareAnswer(door: FrontDoor, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (!door.allows(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', String(origin));
  response.setHeader('Vary', 'Origin');
  response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
  const wanted = request.headers['access-control-request-method'];
  if (request.method !== 'OPTIONS' || wanted === undefined) return false;
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, DELETE');
  response.setHeader(
    'Access-Control-Allow-Headers',
    request.headers['access-control-request-headers'] ?? 'content-type',
  );
  response.setHeader('Access-Control-Max-Age', '600');
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.writeHead(204);
  response.end();
  return true;
}

const exposedHeaders =
  'x-amzn-RequestId, x-amzn-ErrorType, X-Amz-Function-Error, X-Amz-Executed-Version, X-Amz-Log-Result, X-Amzn-Trace-Id';

function refused(why: string): LambdaError {
  return new LambdaError('AccessDeniedException', `Request refused: ${why}`);
}

/** The name or address in a `Host` header, without port, in lower case; undefined if it has another form. */
function nameOf(host: string): string | undefined {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::\d{1,5})?$/i.exec(host) ?? [];
  if (address !== undefined) return isIPv6(address) ? address.toLowerCase() : undefined;
  return name?.toLowerCase();
}

function isOriginOf(origin: string, host: string): boolean {
  const [, scheme, at] = /^(https?):\/\/([^/]+)$/.exec(origin.toLowerCase()) ?? [];
  const withoutDefault = (text: string) => text.replace(scheme === 'https' ? /:443$/ : /:80$/, '');
  return at !== undefined && withoutDefault(at) === withoutDefault(host.toLowerCase());
}

/** Node gives out the first of several; a proxy in between may have looked at the last. */
function hasSecondHost(rawHeaders: readonly string[]): boolean {
  let found = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') found += 1;
  }
  return found > 1;
}
