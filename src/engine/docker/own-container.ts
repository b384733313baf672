import { posix } from 'node:path';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { EngineError } from '../engine';
import { hasStatus } from './docker-errors';

/** A mount of lambdock's own container. */
interface OwnMount {
  readonly type: string;
  /** Path on the engine's host; for a volume its mount point there. */
  readonly source: string;
  /** Path in lambdock's container. */
  readonly destination: string;
}

/** The container in which lambdock itself runs. */
export interface OwnContainer {
  readonly id: string;
  readonly mounts: readonly OwnMount[];
  /** lambdock's address by network name; an empty string if it has none there. */
  readonly networks: ReadonlyMap<string, string>;
  /** Host names by which other containers reach lambdock's: its name, and its aliases in the user's networks. */
  readonly names: readonly string[];
}

/** Traces of a container that a process in it can see. */
export interface OwnTraces {
  readonly hostname: string;
  /** Content of `/proc/self/mountinfo`; empty if the file does not exist. */
  readonly mountInfo: string;
  /** Whether `/.dockerenv` or `/run/.containerenv` exists. */
  readonly marked: boolean;
}

/**
 * Ids of containers whose files (`/etc/hostname`, `/etc/hosts`, `/etc/resolv.conf`) are mounted in this one. Engines
 * keep these files in folders named by the id (Docker `containers/ID/`, Podman `overlay-containers/ID/`).
 */
export function containerIdsIn(mountInfo: string): readonly string[] {
  const ids = mountInfo
    .split('\n')
    .filter((line) => /^\/etc\/(hostname|hosts|resolv\.conf)$/.test(line.split(' ')[4] ?? ''))
    .flatMap((line) => /containers\/([0-9a-f]{64})\//.exec(line.split(' ')[3] ?? '')?.[1] ?? []);
  return [...new Set(ids)];
}

/**
 * lambdock's own container; undefined if it runs in no container of this engine. The host name counts only if lambdock
 * certainly runs in a container, since a host may have the same name as a container.
 */
export async function findOwnContainer(docker: Docker, traces: OwnTraces): Promise<OwnContainer | undefined> {
  const names = [...containerIdsIn(traces.mountInfo), ...(traces.marked ? [traces.hostname] : [])];
  for (const name of names) {
    try {
      const info = await docker.getContainer(name).inspect();
      if (!info.State.Running) continue;
      return {
        id: info.Id,
        mounts: info.Mounts.map(({ Type, Source, Destination }) => ({
          type: Type,
          source: Source,
          destination: Destination,
        })),
        networks: new Map(
          Object.entries(info.NetworkSettings.Networks).map(([network, { IPAddress }]) => [
            network,
            IPAddress,
          ]),
        ),
        names: namesOf(info),
      };
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }
  return undefined;
}

/** In a user's network, the engine's DNS resolves each name, alone and followed by the network's name. */
function namesOf({ Name, Config, NetworkSettings }: ContainerInspectInfo): readonly string[] {
  const own = [Name?.replace(/^\//, ''), Config?.Hostname];
  const names = Object.entries(NetworkSettings.Networks).flatMap(([network, { Aliases }]) =>
    [...own, ...(Aliases ?? [])].flatMap((name) => (name ? [name, `${name}.${network}`] : [])),
  );
  return [...new Set(names)];
}

/** Networks that every engine has; containers in them cannot call one another by name. */
const builtInNetworks = new Set(['bridge', 'host', 'none', 'podman']);

/** The user's network that lambdock is in, such as a Compose project's; undefined without one. */
export function userNetworkOf(own: OwnContainer): string | undefined {
  return [...own.networks.keys()].find((network) => !builtInNetworks.has(network));
}

/**
 * The path on the engine's host for a path of this process. Outside a container both are equal; inside one, the path is
 * in a mount. Throws an EngineError (`refused`) for a path that only lambdock's container has.
 */
export function hostPathOf(path: string, own: OwnContainer | undefined): string {
  if (own === undefined) return path;
  const inside = (folder: string) => folder === '/' || path === folder || path.startsWith(`${folder}/`);
  const [mount] = own.mounts
    .filter(({ destination }) => inside(destination))
    .sort((a, b) => b.destination.length - a.destination.length);
  if (mount === undefined || mount.source === '' || mount.type === 'tmpfs') {
    throw new EngineError(
      'refused',
      `Cannot mount ${path}: it is only in lambdock's own container, where the engine cannot see it. ` +
        "Mount the folder, or one above it, into that container (`volumes:` in compose), and use the mount's path.",
    );
  }
  return posix.join(mount.source, posix.relative(mount.destination, path));
}
