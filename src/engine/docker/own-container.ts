import { posix } from 'node:path';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { EngineError } from '../engine';
import { hasStatus } from './docker-errors';

/** A mount of the emulator's own container: where the engine has it, and where we see it. */
interface OwnMount {
  readonly type: string;
  /** Path on the engine's host; for a volume its mount point there. */
  readonly source: string;
  /** Path in our own container. */
  readonly destination: string;
}

/** The container that the emulator itself runs in. */
export interface OwnContainer {
  readonly id: string;
  readonly mounts: readonly OwnMount[];
  /** Our address in each network that we are in, by the network's name; empty where we have none of our own. */
  readonly networks: ReadonlyMap<string, string>;
  /** Host names by which other containers reach ours: its name, and its aliases in networks of the user. */
  readonly names: readonly string[];
}

/** What a process can see of its own container. */
export interface OwnTraces {
  readonly hostname: string;
  /** Content of `/proc/self/mountinfo`; empty where it does not exist. */
  readonly mountInfo: string;
  /** Whether `/.dockerenv` or `/run/.containerenv` is there. */
  readonly marked: boolean;
}

/**
 * Ids of containers whose own files (`/etc/hostname`, `/etc/hosts`, `/etc/resolv.conf`) are mounted here:
 * engines keep them in folders named by the id (Docker `containers/ID/`, Podman `overlay-containers/ID/`).
 */
export function containerIdsIn(mountInfo: string): readonly string[] {
  const ids = mountInfo
    .split('\n')
    .filter((line) => /^\/etc\/(hostname|hosts|resolv\.conf)$/.test(line.split(' ')[4] ?? ''))
    .flatMap((line) => /containers\/([0-9a-f]{64})\//.exec(line.split(' ')[3] ?? '')?.[1] ?? []);
  return [...new Set(ids)];
}

/**
 * The emulator's own container, or undefined where it runs in none of this engine's. A host name alone
 * proves nothing (a host may be called as a container is), so it counts only where a container is certain.
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

/** In a network of the user, an engine's DNS knows each name alone and with the network's name behind it. */
function namesOf({ Name, Config, NetworkSettings }: ContainerInspectInfo): readonly string[] {
  const own = [Name?.replace(/^\//, ''), Config?.Hostname];
  const names = Object.entries(NetworkSettings.Networks).flatMap(([network, { Aliases }]) =>
    [...own, ...(Aliases ?? [])].flatMap((name) => (name ? [name, `${name}.${network}`] : [])),
  );
  return [...new Set(names)];
}

/** Networks that every engine has; containers in them cannot call one another by name. */
const builtInNetworks = new Set(['bridge', 'host', 'none', 'podman']);

/** The network that the user made for the emulator (a compose project's, say), if there is one. */
export function userNetworkOf(own: OwnContainer): string | undefined {
  return [...own.networks.keys()].find((network) => !builtInNetworks.has(network));
}

/**
 * A path of ours as the engine's host has it. Outside a container that is the path itself; inside one, it
 * lies in one of our mounts. Throws an EngineError (`refused`) for a path that only our container has.
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
      `${path} is only in lambdock's own container, where the engine cannot see it. ` +
        "Mount the folder, or one above it, into that container (`volumes:` in compose), and use the mount's path.",
    );
  }
  return posix.join(mount.source, posix.relative(mount.destination, path));
}
