import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type Docker from 'dockerode';
import type { Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import { errnoOf } from '../../lib/errno';
import { ContextError, type EngineAddress, type EngineHints, engineAddresses } from '../addresses';
import { EngineError } from '../engine';
import { setDeadlines } from './deadlines';
import { engineErrorOf, unreachable } from './docker-errors';
import { loadDockerode } from './load-dockerode';

export interface ConnectOptions extends Omit<EngineHints, 'host'> {
  /** As in DOCKER_HOST: `unix:///path`, `tcp://host:port`, `npipe:////./pipe/name`. Absent: see `engineAddresses`. */
  readonly address?: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, as in DOCKER_CERT_PATH, for an address that is given. */
  readonly tlsFolder?: string;
  /** Limit of an engine's first answer; an engine in a paused virtual machine accepts connections but never answers. */
  readonly answerLimitMs?: number;
  readonly clock: Clock;
}

const defaultAnswerLimitMs = 15_000;

/** An engine that has answered. */
export interface Connection {
  readonly docker: Docker;
  /** In DOCKER_HOST's form. */
  readonly address: string;
  /** Whether it was reached through a socket (or pipe) of this machine. */
  readonly local: boolean;
  close(): void;
}

interface EngineEndpoint {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly secure?: boolean;
}

/** @throws {EngineError} `unreachable`, with the valid forms */
export function parseAddress(address: string): EngineEndpoint {
  if (address.startsWith('/')) return { socketPath: address };
  const wrong = (why: string) =>
    new EngineError(
      'unreachable',
      `The engine's address ${address} ${why}. Use unix:///path/to.sock or tcp://host:port, for example unix:///var/run/docker.sock.`,
    );
  const [, scheme, rest] = /^([a-z]+):\/\/(.+)$/.exec(address) ?? [];
  if (scheme === undefined || rest === undefined) throw wrong('has no known form');
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest };
  if (scheme === 'ssh') throw wrong('uses SSH, which is not supported: forward the socket with `ssh -L`');
  if (!['tcp', 'http', 'https'].includes(scheme) || !URL.canParse(`http://${rest}`))
    throw wrong('has no known form');
  const url = new URL(`http://${rest}`);
  const secure = scheme === 'https' || url.port === '2376';
  // An IPv6 host has brackets in a URL but not in a connection's options.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(url.port || (secure ? 2376 : 2375)), secure };
}

async function readTls(folder: string) {
  const read = (name: string) => readFile(join(folder, name));
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
  return { ca, cert, key };
}

/**
 * Sets every option of the client, if only to undefined: it would take missing ones from the environment. The agent is
 * lambdock's own, so that `close` can end open requests.
 */
async function clientFor(address: string, tlsFolder: string | undefined, clock: Clock): Promise<Connection> {
  const { socketPath, host, port, secure = false } = parseAddress(address);
  const encrypted = socketPath === undefined && (secure || tlsFolder !== undefined);
  const tls = encrypted && tlsFolder !== undefined ? await readTls(tlsFolder) : {};
  const agent = encrypted ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  // The client formats its options for a debug log at every call. With the agent's sockets and streams that blocked
  // the event loop for tens of milliseconds.
  Object.assign(agent, { [inspect.custom]: () => 'Agent' });
  const nothing = { host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined };
  const options = {
    ...nothing,
    socketPath,
    host,
    port,
    ...tls,
    protocol: encrypted ? ('https' as const) : ('http' as const),
    agent,
  };
  const docker = withoutRedirects(new (loadDockerode())(options));
  const name = address.startsWith('/') ? `unix://${address}` : address;
  setDeadlines(docker, name, clock);
  return {
    docker,
    address: name,
    local: socketPath !== undefined,
    close: () => agent.destroy(),
  };
}

/**
 * The client follows redirects to any host, without an error listener on the new request: a failure would end this
 * process. An engine redirects only unclean paths, which lambdock does not send.
 */
function withoutRedirects(docker: Docker): Docker {
  const modem = docker.modem as unknown as {
    buildRequest(options: object, ...rest: readonly unknown[]): void;
  };
  const original = modem.buildRequest.bind(modem);
  modem.buildRequest = (options, ...rest) => original({ ...options, maxRedirects: 0 }, ...rest);
  return docker;
}

/**
 * Finds the engine and waits for its first answer.
 * Throws an EngineError (`unreachable`) with the next step for the user.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { answerLimitMs = defaultAnswerLimitMs, address, tlsFolder, clock } = options;
  const addresses = addressesOf({ ...options, ...(address !== undefined && { host: address }) });
  const [only] = addresses;
  if (only !== undefined && addresses.length === 1) {
    return answering(await clientFor(only.url, only.tlsFolder ?? tlsFolder, clock), answerLimitMs, clock);
  }
  let failure: EngineError | undefined;
  for (const { url } of addresses) {
    try {
      return await answering(await clientFor(url, undefined, clock), answerLimitMs, clock);
    } catch (error) {
      // The error of a socket that exists is more useful than that of a missing socket.
      const exists = error instanceof EngineError && errnoOf(error.cause) !== 'ENOENT';
      if (exists && failure === undefined) failure = error;
    }
  }
  if (failure) throw failure;
  throw new EngineError(
    'unreachable',
    'No container engine was found. Install and start Docker or Podman, or set DOCKER_HOST to its address. ' +
      `Tried ${addresses.map(({ source }) => source).join(', ')}.`,
  );
}

function addressesOf(hints: EngineHints): readonly EngineAddress[] {
  try {
    return engineAddresses(hints);
  } catch (cause) {
    if (!(cause instanceof ContextError)) throw cause;
    throw new EngineError('unreachable', cause.message, { cause });
  }
}

async function answering(connection: Connection, limitMs: number, clock: Clock): Promise<Connection> {
  const silent = deferred<never>();
  const alarm = clock.alarm(clock.now() + limitMs, () =>
    silent.reject(
      new EngineError(
        'unreachable',
        `The engine at ${connection.address} accepts connections but did not answer within ${limitMs / 1_000} s. ` +
          'Check whether it is paused or still starting, and restart it if needed.',
      ),
    ),
  );
  try {
    await Promise.race([connection.docker.ping(), silent.promise]);
    return connection;
  } catch (error) {
    connection.close();
    if (errnoOf(error) !== undefined) throw unreachable(connection.address, error);
    throw engineErrorOf(error, 'answer', connection.address, 'unreachable');
  } finally {
    alarm.clear();
  }
}
