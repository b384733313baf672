import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where to look for an engine, as Docker's command line does. */
export interface EngineHints {
  /** `--docker-host` or `DOCKER_HOST`. */
  readonly host?: string;
  /** `DOCKER_CONTEXT`; absent: the current context of Docker's configuration. */
  readonly context?: string;
  readonly platform: NodeJS.Platform;
  readonly homeFolder?: string;
  /** As in `XDG_RUNTIME_DIR`: where rootless engines have their sockets. */
  readonly runtimeFolder?: string;
}

export interface EngineAddress {
  /** As in `DOCKER_HOST`: `unix:///path`, `tcp://host:port`, `npipe:////./pipe/name`. */
  readonly url: string;
  /** Where the address comes from, for messages. */
  readonly source: string;
  /** Folder with the certificates of a context, where it has any. */
  readonly tlsFolder?: string;
}

/** The part of the settings that decides which engine is used. */
export interface EngineChoice {
  readonly dockerHost?: string;
  readonly dockerContext?: string;
  /** Folder with Docker's `config.json`; absent: `~/.docker`. */
  readonly dockerConfig?: string;
  /** Absent: `/run/user/UID`. */
  readonly runtimeFolder?: string;
}

/** The folder with Docker's `config.json`. */
export function dockerConfigFolder({ dockerConfig }: EngineChoice): string {
  return dockerConfig ?? join(homedir(), '.docker');
}

/** Hints for this machine and user. */
export function engineHints({ dockerHost, dockerContext, runtimeFolder }: EngineChoice): EngineHints {
  return {
    platform: process.platform,
    homeFolder: homedir(),
    runtimeFolder: runtimeFolder ?? join('/run/user', String(process.getuid?.() ?? 0)),
    ...(dockerHost !== undefined && { host: dockerHost }),
    ...(dockerContext !== undefined && { context: dockerContext }),
  };
}

/** A context that cannot be used; the message says what to do. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/**
 * Possible addresses of an engine, best first. If the user names an address or a context, it is the only one: lambdock
 * must not silently use another engine. Otherwise these are the sockets of Docker, Docker Desktop, OrbStack, Colima,
 * Rancher Desktop, rootless Docker, Podman machine and rootless Podman.
 * @throws {ContextError} if the context does not exist
 */
export function engineAddresses(hints: EngineHints): readonly EngineAddress[] {
  const { host, homeFolder } = hints;
  if (host !== undefined && host !== '') return [{ url: host, source: 'DOCKER_HOST' }];
  const context = hints.context ?? (homeFolder === undefined ? undefined : currentContext(homeFolder));
  if (context !== undefined && context !== 'default') return [contextAddress(homeFolder, context)];
  return usualAddresses(hints).map((url) => ({ url, source: url.replace(/^[a-z]+:\/\//, '') }));
}

function usualAddresses({ platform, homeFolder, runtimeFolder }: EngineHints): readonly string[] {
  if (platform === 'win32')
    return ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/podman-machine-default'];
  const inHome = (...paths: readonly string[]) =>
    homeFolder === undefined ? [] : paths.map((path) => join(homeFolder, path));
  const inRuntimeFolder = (...paths: readonly string[]) =>
    runtimeFolder === undefined ? [] : paths.map((path) => join(runtimeFolder, path));
  return [
    '/var/run/docker.sock',
    // Docker Desktop on macOS (also rootless Docker without a runtime folder) and on Linux.
    ...inHome('.docker/run/docker.sock', '.docker/desktop/docker.sock'),
    ...inHome('.orbstack/run/docker.sock'),
    ...inHome('.colima/default/docker.sock', '.config/colima/default/docker.sock', '.colima/docker.sock'),
    ...inHome('.rd/docker.sock'),
    ...inRuntimeFolder('docker.sock', 'podman/podman.sock'),
    ...inHome(
      '.local/share/containers/podman/machine/podman.sock',
      '.local/share/containers/podman/machine/qemu/podman.sock',
      '.local/share/containers/podman/machine/podman-machine-default/podman.sock',
    ),
    '/run/podman/podman.sock',
  ].map((path) => `unix://${path}`);
}

function currentContext(homeFolder: string): string | undefined {
  return text(json(join(homeFolder, '.docker/config.json')), 'currentContext');
}

/** The folder of a context is named by the SHA-256 of the context's name. */
function contextAddress(homeFolder: string | undefined, name: string): EngineAddress {
  const folder = createHash('sha256').update(name).digest('hex');
  const contexts = join(homeFolder ?? '/', '.docker/contexts');
  const meta = json(join(contexts, 'meta', folder, 'meta.json'));
  const url = text(field(field(meta, 'Endpoints'), 'docker'), 'Host');
  if (url === undefined) {
    throw new ContextError(
      `The Docker context ${name} does not exist or names no engine. Choose another one: docker context use default`,
    );
  }
  const tlsFolder = join(contexts, 'tls', folder, 'docker');
  return { url, source: `Docker context ${name}`, ...(existsSync(tlsFolder) && { tlsFolder }) };
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Docker's command line, too, ignores a file that does not exist or is not valid JSON.
    return undefined;
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function text(value: unknown, key: string): string | undefined {
  const found = field(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
