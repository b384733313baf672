import { Agent, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { createConnection, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { errnoOf } from '../lib/errno';

/** Headers of a connection, not of the message: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // This server has answered it.
  'expect',
]);

const loopback = /^(localhost|127(\.\d+){3}|::1)$/;

/** Paths of lambdock itself, and of the Lambda and Runtime APIs, whose first part is their date. */
const ownPath = /^\/(\d{4}-\d{2}-\d{2}|_lambdock)(\/|$)/;

/**
 * Forwards functions' requests to other AWS services to a stand-in, with unchanged path, host and headers, so that
 * their signatures stay valid.
 */
export class AwsProxy {
  readonly #target: { readonly host: string; readonly port: number; readonly isSecure: boolean };
  readonly #agent: Agent;

  constructor(private readonly endpoint: string) {
    const { hostname, port, protocol } = new URL(endpoint);
    const isSecure = protocol === 'https:';
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    this.#target = { host, port: Number(port || (isSecure ? 443 : 80)), isSecure };
    this.#agent = isSecure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    // In a container, what the user calls localhost is most often the machine that runs the engine.
    const hosts = loopback.test(host) ? [host, 'host.docker.internal'] : [host];
    Object.assign(this.#agent, {
      createConnection: (_options: NetConnectOpts, done: (error: Error | null, socket?: Socket) => void) => {
        connectFirst(hosts, this.#target).then(
          (socket) => done(null, socket),
          (error: Error) => done(error),
        );
      },
    });
  }

  /** Whether a request is signed for another service than Lambda, or is unsigned and has no path of lambdock. */
  takes({ headers, url = '/' }: IncomingMessage): boolean {
    const [path = '', query = ''] = url.split('?', 2);
    const credential =
      /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ??
      new URLSearchParams(query).get('X-Amz-Credential');
    const service = credential?.split('/').at(-2);
    return service === undefined ? !ownPath.test(path) : service !== 'lambda';
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { host, port, isSecure } = this.#target;
    const { method, url: path, rawHeaders } = request;
    const send = isSecure ? secureRequest : plainRequest;
    const onward = send({
      host,
      port,
      method,
      path,
      agent: this.#agent,
      setHost: false,
      headers: messageHeaders(rawHeaders),
    });
    onward.on('response', (answer) => {
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage ?? '',
        messageHeaders(answer.rawHeaders),
      );
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    onward.on('error', (error) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const Message = `aws.endpoint ${this.endpoint} cannot be reached (${errnoOf(error) ?? error.message}). Start it, or change aws.endpoint.`;
      response.writeHead(502, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ __type: 'ServiceUnavailable', message: Message }));
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Headers as a flat list of names and values, which keeps their case and order. */
function messageHeaders(raw: readonly string[]): string[] {
  return raw.flatMap((name, index) =>
    index % 2 === 1 || hopHeaders.has(name.toLowerCase()) ? [] : [name, raw[index + 1] ?? ''],
  );
}

async function connectFirst(
  hosts: readonly string[],
  { port, isSecure }: { readonly port: number; readonly isSecure: boolean },
): Promise<Socket> {
  let failure: unknown;
  for (const host of hosts) {
    try {
      return await new Promise((resolve, reject) => {
        const options = { host, port };
        const socket = isSecure
          ? connectSecurely({ ...options, servername: host }, () => resolve(socket))
          : createConnection(options, () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (error) {
      // The failure of the first address, which the user named.
      failure ??= error;
    }
  }
  throw failure;
}
