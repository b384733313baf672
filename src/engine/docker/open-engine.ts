import { access, mkdir, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Architecture } from '../../aws/architecture';
import type { ReportProgress } from '../../lib/progress';
import { type EngineDescription, EngineError } from '../engine';
import { Receiver } from '../init/receiver';
import { type Connection, type ConnectOptions, connect, parseAddress } from './connect';
import { labels } from './container-spec';
import { DockerEngine, type ImageSource } from './docker-engine';
import { engineErrorOf } from './docker-errors';
import { folderId } from './folder-id';
import { Leftovers } from './leftovers';
import { LinkedCopies } from './linked-copies';
import { findOwnContainer, hostPathOf, type OwnContainer, userNetworkOf } from './own-container';
import { SandboxNetwork } from './sandbox-network';
import { chooseTransport, sharesKernel, type TransportOption } from './transport';
import { podmanControllers, unenforcedLimits } from './unenforced-limits';

export interface DockerEngineOptions extends ConnectOptions {
  /** Name of this emulator on its engine, which labels its containers. Letters, digits, `_`, `.`, `-`. */
  readonly instance: string;
  /** Unique to this run: containers with the same instance and another boot are leftovers. */
  readonly boot: string;
  readonly dataFolder: string;
  readonly hostname: string;
  /** Network that sandboxes join, by name. Absent: see `functionNetwork`. */
  readonly network?: string;
  /**
   * `isolated` (default): a separate network, in which sandboxes do not reach one another; `shared`: the engine's
   * default.
   */
  readonly functionNetwork?: 'isolated' | 'shared';
  readonly transport: TransportOption;
  readonly report: ReportProgress;
  /** Prints a warning for the user. */
  readonly warn: (sentence: string) => void;
}

/** The engine's context for making images. */
export interface ImageContext {
  readonly docker: Docker;
  readonly description: EngineDescription;
  /** Labels of all containers of this lambdock. */
  readonly labels: Readonly<Record<string, string>>;
  /** The path on the engine's host for a path of this process. */
  hostPath(path: string): string;
}

export interface ImageMaker extends ImageSource {
  /** Path of the init's static, executable binary; builds it if needed. */
  initBinary(report: ReportProgress): Promise<string>;
}

interface EngineInfo {
  readonly description: Omit<EngineDescription, 'ownNames' | 'slots'>;
  /** Whether it runs in the virtual machine of a desktop product. */
  readonly desktop: boolean;
  /** A warning about limits that it cannot enforce. */
  readonly unenforced: string | undefined;
}

async function inspectEngine({ docker, address }: Connection): Promise<EngineInfo> {
  const [info, version] = await Promise.all([docker.info(), docker.version()]).catch((error: unknown) => {
    throw engineErrorOf(error, 'describe itself', address);
  });
  const architectures: Readonly<Record<string, Architecture>> = {
    x86_64: 'x86_64',
    amd64: 'x86_64',
    aarch64: 'arm64',
    arm64: 'arm64',
  };
  const architecture = architectures[info.Architecture];
  if (architecture === undefined) {
    throw new EngineError(
      'refused',
      `The engine runs on ${info.Architecture}, which Lambda does not support. Use an engine on x86_64 or arm64.`,
    );
  }
  const podman = version.Components?.some(({ Name }) => Name === 'Podman Engine') ?? false;
  const name = `${podman ? 'Podman' : 'Docker'} ${version.Version}`;
  return {
    description: {
      name,
      architecture,
      cpus: info.NCPU,
      memoryMiB: Math.floor(info.MemTotal / (1024 * 1024)),
      cgroupVersion: info.CgroupVersion === '2' ? 2 : 1,
    },
    desktop: info.OperatingSystem === 'Docker Desktop',
    unenforced: unenforcedLimits(name, info, podman ? await podmanControllers(docker) : undefined),
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function ownContainer(
  { docker, address }: Connection,
  hostname: string,
): Promise<OwnContainer | undefined> {
  const mountInfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const marked = (await isThere('/.dockerenv')) || (await isThere('/run/.containerenv'));
  return findOwnContainer(docker, { hostname, mountInfo, marked }).catch((error: unknown) => {
    throw engineErrorOf(error, "look up lambdock's own container", address);
  });
}

/** Includes the engine's host, on which published ports are reached, as in CI with a Docker service. */
function ownNames(hostname: string, { address }: Connection, own?: OwnContainer): readonly string[] {
  const { host } = parseAddress(address);
  return [hostname, ...(host === undefined ? [] : [host]), ...(own?.names ?? [])];
}

/** The network of sandboxes: resolves to the name of an existing network. */
function networkOf(
  options: DockerEngineOptions,
  own: OwnContainer | undefined,
  isolated: SandboxNetwork,
): () => Promise<string> {
  // With TCP, sandboxes reach lambdock's container only in a network that it is in.
  const given = options.network ?? (options.transport === 'tcp' ? own && userNetworkOf(own) : undefined);
  if (given !== undefined) return async () => given;
  if (options.functionNetwork === 'shared') return async () => 'bridge';
  let warned = false;
  return async () => {
    if (await isolated.ensure()) return isolated.name;
    if (!warned) {
      options.warn(
        "Functions can reach one another's ports: the engine cannot make an isolated network for them. " +
          'Pass --network NAME to choose one.',
      );
    }
    warned = true;
    return 'bridge';
  };
}

/** Checks the network now, so that a misspelled name fails the start and not the first call. */
async function checkNetwork({ docker, address }: Connection, network: string): Promise<void> {
  if (network === 'none') return; // Podman accepts the name but does not list such a network
  try {
    await docker.getNetwork(network).inspect();
  } catch (error) {
    const failure = engineErrorOf(error, `find the network ${network}`, address);
    if (failure.kind !== 'refused') throw failure;
    throw new EngineError('refused', `${failure.message} List the networks with \`docker network ls\`.`, {
      cause: error,
    });
  }
}

/**
 * Finds the engine, determines how sandboxes reach lambdock, and prepares what every sandbox needs.
 * `imagesOf` makes the image source. Throws an EngineError with the next step for the user.
 */
export async function openDockerEngine(
  options: DockerEngineOptions,
  imagesOf: (context: ImageContext) => ImageMaker,
): Promise<DockerEngine> {
  const { instance, boot, dataFolder, clock } = options;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(instance)) {
    throw new EngineError(
      'refused',
      `The instance's name may have letters, digits, "_", "." and "-", got "${instance}".`,
    );
  }
  const connection = await connect(options);
  try {
    const [{ description: inspected, desktop, unenforced }, own] = await Promise.all([
      inspectEngine(connection),
      ownContainer(connection, options.hostname),
    ]);
    if (unenforced !== undefined) options.warn(unenforced);
    if (options.network !== undefined) await checkNetwork(connection, options.network);
    const folder = await folderId(dataFolder);
    const isolated = new SandboxNetwork(connection.docker, instance, connection.address);
    const network = networkOf(options, own, isolated);
    const around = {
      connection,
      platform: options.platform,
      desktop,
      own,
      network,
      addressOf: (name: string) =>
        networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')?.address,
    };
    const transport = await chooseTransport(options.transport, around);
    // A virtual machine's file sharing shows later changes of a folder late or not at all.
    const description = {
      ...inspected,
      ownNames: ownNames(options.hostname, connection, own),
      slots: sharesKernel(around),
    };
    const hostPath = (path: string) => hostPathOf(path, own);
    const runFolder = join(dataFolder, 'run', boot);
    await mkdir(runFolder, { recursive: true });
    const images = imagesOf({
      docker: connection.docker,
      description,
      labels: { [labels.instance]: instance, [labels.boot]: boot, [labels.folder]: folder },
      hostPath,
    });
    const binary = await images.initBinary(options.report);
    const receiver =
      transport.transport === 'unix' && transport.handover
        ? await Receiver.open(binary, runFolder, clock, () =>
            options.warn(
              'The process that takes over connections of sandboxes has ended or does not answer: connections of later ' +
                'sandboxes are relayed, which is slower. Restart lambdock to use it again.',
            ),
          )
        : undefined;
    let warned = false;
    const sandboxContext = {
      docker: connection.docker,
      clock,
      engineAddress: connection.address,
      instance,
      boot,
      folder,
      runFolder,
      network,
      transport,
      cpus: description.cpus,
      leftovers: new Leftovers(connection.docker, connection.address, clock),
      copies: new LinkedCopies(join(runFolder, '.copies'), clock),
      ...(receiver && { receiver }),
      initBinary: binary,
      volumesOf: (image: string) => images.volumesOf(image),
      hostPath,
      memoryUnwatched: () => {
        if (warned) return;
        warned = true;
        options.warn(
          'Memory limits may not be enforced: a sandbox cannot read a cgroup of its own on this engine. Without delegated ' +
            "cgroup controllers it ignores limits; with them, a function's memory and /tmp together are held to the " +
            "memory size. Delegate cgroup controllers to the engine's user, or use an engine that runs as root.",
        );
      },
    };
    return new DockerEngine({ connection, description, images, sandboxContext, isolated });
  } catch (error) {
    connection.close();
    throw error;
  }
}
