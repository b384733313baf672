import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { SandboxSpec } from '../engine';
import type { DeclaredVolumes } from './declared-volumes';

/** What creation needs besides the spec. Folders are paths on the engine's host. */
export interface ContainerPlace {
  readonly instance: string;
  readonly boot: string;
  /** Id of the data folder. */
  readonly folder: string;
  /** Where the init dials to: `unix:PATH` or `tcp:HOST:PORT:SECRET`. */
  readonly initAddress: string;
  /** Holds `init`, and the socket where there is one. */
  readonly runFolder: string;
  readonly codeFolder?: string;
  readonly layersFolder?: string;
  readonly network?: string;
  /** What the image declares as volumes. */
  readonly volumes?: DeclaredVolumes;
}

const mebibyte = 1024 * 1024;

/** Memory for the init and the kernel's own bookkeeping, which no function should have to pay for. */
const roomForInitMiB = 16;

/** Processes and threads on Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const processes = 1024;
const openFiles = 1024;

/** Length of a CPU accounting period, as Lambda has it. */
const cpuPeriodMicroseconds = 20_000;

/** Linux refuses a smaller quota. */
const leastCpuQuotaMicroseconds = 1_000;

export const labels = {
  instance: 'lambdock.instance',
  boot: 'lambdock.boot',
  folder: 'lambdock.folder',
  environment: 'lambdock.environment',
} as const;

/**
 * The engine's limit is above the function's own: pages of the `/tmp` tmpfs are charged to the container that writes
 * them, and a 128 MB function may fill its 512 MB `/tmp`. The init watches the function's own memory.
 */
export function hardMemoryLimit(spec: Pick<SandboxSpec, 'memoryMiB' | 'ephemeralStorageMiB'>): number {
  return (spec.memoryMiB + spec.ephemeralStorageMiB + roomForInitMiB) * mebibyte;
}

/** The limit where the init cannot read its counters, so that `/tmp` counts as memory: better than none. */
export function plainMemoryLimit(spec: Pick<SandboxSpec, 'memoryMiB'>): number {
  return (spec.memoryMiB + roomForInitMiB) * mebibyte;
}

/** How the engine is asked for a memory limit. As many bytes with swap as without mean: no swap. */
export interface MemoryLimit {
  readonly Memory: number;
  readonly MemorySwap: number;
}

export const memoryLimit = (bytes: number): MemoryLimit => ({ Memory: bytes, MemorySwap: bytes });

/** A CFS quota for that many vCPUs of an engine that has `cpus`. */
export function cpuQuota(
  vcpus: number,
  cpus: number,
): { readonly CpuPeriod: number; readonly CpuQuota: number } {
  const quota = Math.round(Math.min(vcpus, cpus) * cpuPeriodMicroseconds);
  return { CpuPeriod: cpuPeriodMicroseconds, CpuQuota: Math.max(leastCpuQuotaMicroseconds, quota) };
}

/** What a container begins with, and has again before it is used anew. */
export const noCpuQuota: ReturnType<typeof cpuQuota> = { CpuPeriod: cpuPeriodMicroseconds, CpuQuota: -1 };

/** As structures, not as `SOURCE:TARGET:ro`: a source may have a colon in its name. */
function readOnlyMounts(place: ContainerPlace): MountSettings[] {
  const mounts: readonly (readonly [string | undefined, string])[] = [
    [place.runFolder, '/.lambdock'],
    [place.codeFolder, '/var/task'],
    [place.layersFolder, '/opt'],
  ];
  const volumes = place.volumes?.readOnly ?? [];
  return [
    ...mounts.flatMap(([source, target]) =>
      source === undefined ? [] : [{ Type: 'bind' as const, Source: source, Target: target, ReadOnly: true }],
    ),
    ...volumes.map(({ name, path }) => ({
      Type: 'volume' as const,
      Source: name,
      Target: path,
      ReadOnly: true,
    })),
  ];
}

/** How a sandbox is made: everything that a function meets of Lambda's limits, and nothing that slows its start. */
export function containerOptions(spec: SandboxSpec, place: ContainerPlace): ContainerCreateOptions {
  const tmpfs = `rw,exec,nosuid,nodev,size=${spec.ephemeralStorageMiB}m,mode=1777`;
  return {
    name: `lambdock-${place.instance}-${spec.id}`,
    Image: spec.image,
    // Without a command the image's own would be handed to the init.
    Entrypoint: ['/.lambdock/init', place.initAddress],
    Cmd: [],
    WorkingDir: '/',
    User: '993:990',
    // A name that says nothing about this machine. Not `sandbox`: the engine gives it the container's address.
    Hostname: 'lambda',
    Tty: false,
    OpenStdin: false,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    // The init takes its time for nothing: there is no end in good order that the engine could ask for.
    StopSignal: 'SIGKILL',
    // An image's health check would be run by the engine beside the function.
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      [labels.instance]: place.instance,
      [labels.boot]: place.boot,
      [labels.folder]: place.folder,
      [labels.environment]: spec.id,
    },
    HostConfig: {
      // The init ends when its emulator does, so an orphan disappears by itself.
      AutoRemove: true,
      Init: false,
      Mounts: readOnlyMounts(place),
      ReadonlyRootfs: true,
      Tmpfs: Object.fromEntries(['/tmp', ...(place.volumes?.temporary ?? [])].map((path) => [path, tmpfs])),
      // No /dev/shm, as on Lambda, and nothing writable but /tmp.
      IpcMode: 'none',
      CapDrop: ['ALL'],
      // Where SELinux is enforced, mounted folders could not be read without the second.
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      ...memoryLimit(hardMemoryLimit(spec)),
      // RLIMIT_NPROC counts a user's processes over all containers, so 1,024 there would be for all sandboxes
      // together; this counts per container, and one of them is the init.
      PidsLimit: processes + 1,
      Ulimits: [
        { Name: 'nofile', Soft: openFiles, Hard: openFiles },
        { Name: 'core', Soft: 0, Hard: 0 },
        // Bytes, as on Lambda; the engine would hand on its own.
        { Name: 'memlock', Soft: 65_536, Hard: 65_536 },
      ],
      // No CPU quota: it would slow the engine's own start of the container (110 ms more at 128 MB).
      NetworkMode: place.network ?? 'bridge',
      ExtraHosts: ['sandbox.localdomain:127.0.0.1', 'sandbox:127.0.0.1', 'host.docker.internal:host-gateway'],
      // What it prints comes through the init.
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}
