import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { SandboxSpec } from '../engine';
import type { DeclaredVolumes } from './declared-volumes';

/** Input of container creation besides the spec. Folders are paths on the engine's host. */
export interface ContainerPlace {
  readonly instance: string;
  readonly boot: string;
  /** Id of the data folder. */
  readonly folder: string;
  /** Address that the init connects to: `unix:PATH` or `tcp:HOST:PORT:SECRET`. */
  readonly initAddress: string;
  /** Contains `init`, and the socket if the transport has one. */
  readonly runFolder: string;
  readonly codeFolder?: string;
  readonly layersFolder?: string;
  readonly network?: string;
  /** Volumes that the image declares. */
  readonly volumes?: DeclaredVolumes;
}

const mebibyte = 1024 * 1024;

/** Memory for the init and kernel bookkeeping, which must not count against the function. */
const roomForInitMiB = 16;

/** Lambda's limit of processes and threads: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const processes = 1024;
const openFiles = 1024;

/** Length of Lambda's CPU accounting period. */
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
 * The container's limit is higher than the function's: pages of the `/tmp` tmpfs are charged to the container that
 * writes them, and a 128 MB function may fill its 512 MB `/tmp`. The init watches the function's own memory.
 */
export function hardMemoryLimit(spec: Pick<SandboxSpec, 'memoryMiB' | 'ephemeralStorageMiB'>): number {
  return (spec.memoryMiB + spec.ephemeralStorageMiB + roomForInitMiB) * mebibyte;
}

/** The limit if the init cannot read the cgroup's counters. Then `/tmp` counts as memory. */
export function plainMemoryLimit(spec: Pick<SandboxSpec, 'memoryMiB'>): number {
  return (spec.memoryMiB + roomForInitMiB) * mebibyte;
}

/** A memory limit in the engine's API. Equal values with and without swap mean: no swap. */
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

/** The quota of a new or recycled container. */
export const noCpuQuota: ReturnType<typeof cpuQuota> = { CpuPeriod: cpuPeriodMicroseconds, CpuQuota: -1 };

/** Structures rather than `SOURCE:TARGET:ro`, since a source path may contain a colon. */
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

/** Options of a sandbox's container: Lambda's limits, without options that slow its start. */
export function containerOptions(spec: SandboxSpec, place: ContainerPlace): ContainerCreateOptions {
  const tmpfs = `rw,exec,nosuid,nodev,size=${spec.ephemeralStorageMiB}m,mode=1777`;
  return {
    name: `lambdock-${place.instance}-${spec.id}`,
    Image: spec.image,
    // Without a command, the init would get the image's command as arguments.
    Entrypoint: ['/.lambdock/init', place.initAddress],
    Cmd: [],
    WorkingDir: '/',
    User: '993:990',
    // Reveals nothing about this machine. `sandbox` is not possible: the engine maps it to the container's address.
    Hostname: 'lambda',
    Tty: false,
    OpenStdin: false,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    // The engine never has to wait for a clean exit: the init does that work on lambdock's command.
    StopSignal: 'SIGKILL',
    // Otherwise the engine would run the image's health check beside the function.
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      [labels.instance]: place.instance,
      [labels.boot]: place.boot,
      [labels.folder]: place.folder,
      [labels.environment]: spec.id,
    },
    HostConfig: {
      // The init exits when lambdock does, so the engine removes orphans automatically.
      AutoRemove: true,
      Init: false,
      Mounts: readOnlyMounts(place),
      ReadonlyRootfs: true,
      Tmpfs: Object.fromEntries(['/tmp', ...(place.volumes?.temporary ?? [])].map((path) => [path, tmpfs])),
      // No /dev/shm, as on Lambda, and nothing writable but /tmp.
      IpcMode: 'none',
      CapDrop: ['ALL'],
      // `label=disable`: with SELinux enforced, the sandbox could not read mounted folders.
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      ...memoryLimit(hardMemoryLimit(spec)),
      // RLIMIT_NPROC counts a user's processes in all containers together, so 1,024 would be the limit of all
      // sandboxes.
      // PidsLimit counts per container; one of the processes is the init.
      PidsLimit: processes + 1,
      Ulimits: [
        { Name: 'nofile', Soft: openFiles, Hard: openFiles },
        { Name: 'core', Soft: 0, Hard: 0 },
        // Bytes, as on Lambda; otherwise the engine passes its own limit on.
        { Name: 'memlock', Soft: 65_536, Hard: 65_536 },
      ],
      // No CPU quota yet: it would slow the container's start (110 ms more at 128 MB).
      NetworkMode: place.network ?? 'bridge',
      ExtraHosts: ['sandbox.localdomain:127.0.0.1', 'sandbox:127.0.0.1', 'host.docker.internal:host-gateway'],
      // The init sends the output.
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}
