import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What decides which engine is used; as the Docker command line reads it. */
export interface EngineHints {
  /** `DOCKER_HOST` or a flag. */
  readonly host?: string;
  readonly homeFolder: string;
  /** Where rootless engines have their sockets. */
  readonly runtimeFolder: string;
}

export interface EngineAddress {
  /** `unix:///var/run/docker.sock` and the like. */
  readonly url: string;
  /** Who says so, for people. */
  readonly source: string;
}

/**
 * Where an engine may be. What was said explicitly stands alone: an engine that was named and does not
 * answer must not be replaced by another one silently. Otherwise the usual sockets, best first.
 */
export async function engineAddresses(hints: EngineHints): Promise<readonly EngineAddress[]> {
  if (hints.host) return [{ url: hints.host, source: 'DOCKER_HOST' }];
  const name = await currentContext(hints.homeFolder);
  if (name !== undefined && name !== 'default') {
    const url = await contextHost(hints.homeFolder, name);
    return url === undefined ? [] : [{ url, source: `docker context "${name}"` }];
  }
  return [
    '/var/run/docker.sock',
    join(hints.runtimeFolder, 'docker.sock'),
    join(hints.homeFolder, '.docker/run/docker.sock'),
    join(hints.homeFolder, '.docker/desktop/docker.sock'),
    join(hints.homeFolder, '.colima/default/docker.sock'),
    join(hints.homeFolder, '.rd/docker.sock'),
    join(hints.runtimeFolder, 'podman/podman.sock'),
    '/run/podman/podman.sock',
  ].map((path) => ({ url: `unix://${path}`, source: path }));
}

async function currentContext(homeFolder: string): Promise<string | undefined> {
  const config = await json(join(homeFolder, '.docker/config.json'));
  return text(config, 'currentContext');
}

/** Contexts lie in folders that are named by the SHA-256 of the context's name. */
async function contextHost(homeFolder: string, name: string): Promise<string | undefined> {
  const folder = createHash('sha256').update(name).digest('hex');
  const meta = await json(join(homeFolder, '.docker/contexts/meta', folder, 'meta.json'));
  return text(field(field(meta, 'Endpoints'), 'docker'), 'Host');
}

async function json(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // No file, or one that Docker itself would not read either: then nothing was chosen.
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
