import type { Duplex } from 'node:stream';
import type { Architecture } from '../aws/architecture';
import type { ReportProgress } from '../lib/progress';

export interface EngineDescription {
  /** The engine's name and version, e.g. `Docker 28.2.2`. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly cgroupVersion: 1 | 2;
  /** Host names by which others on its network reach this machine or container. */
  readonly ownNames: readonly string[];
  /** Whether `assign` can fill the slots of a running sandbox: lambdock and the engine must share a kernel. */
  readonly slots: boolean;
}

/** A process that a sandbox's init starts. */
export interface ProcessSpec {
  /** Chosen by the caller and unique among the sandbox's living processes: `runtime`, `extension/NAME`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether descriptor 62 is a pipe for framed log records (`_LAMBDA_TELEMETRY_LOG_FD`). */
  readonly telemetryDescriptor?: boolean;
}

/**
 * The step at which starting a process failed. `interpreter`: the program in the command's first line does not exist.
 */
export type StartStep = 'working-directory' | 'command' | 'interpreter';

/** How a process ended. `outOfMemory` is set if the memory limit killed it. */
export type ProcessExit =
  | { readonly code: number; readonly signal?: undefined; readonly outOfMemory: boolean }
  | { readonly signal: string; readonly code?: undefined; readonly outOfMemory: boolean };

/** Memory of a sandbox in bytes, without `/tmp` and without reclaimable file cache. */
export interface MemoryFigures {
  readonly currentBytes: number;
  /** The highest since the sandbox was made or since the last `figures({ resetPeak: true })`. */
  readonly peakBytes: number;
  /** Bytes held by the `/tmp` tmpfs (and other shared memory). */
  readonly tmpBytes: number;
}

export interface FiguresOptions {
  /** Resets the peak after this reading. */
  readonly resetPeak?: boolean;
  /** The request may be delayed by this many milliseconds; it is sent earlier if the sandbox ends. */
  readonly withinMs?: number;
}

export type OutputStream = 'stdout' | 'stderr' | 'telemetry';

/** Events of a sandbox. Every method may be called until `lost`, which is the last call and comes once. */
export interface SandboxListener {
  output(process: string, stream: OutputStream, bytes: Buffer): void;
  exited(process: string, exit: ProcessExit): void;
  /** The command could not be started at all; `code` is the errno's name, e.g. `ENOENT`. */
  startFailed(process: string, step: StartStep, code: string): void;
  /** A datagram that a process sent to X-Ray's daemon, at `127.0.0.1:2000`. */
  segment(bytes: Buffer): void;
  /** A process of the sandbox connected to `127.0.0.1:9001`. */
  connected(socket: Duplex): void;
  /** The sandbox ended unexpectedly, or the connection to its init broke. */
  lost(reason: string): void;
}

/** A file in `/opt/extensions`. Lambda fails the init phase if one is not executable. */
export interface ExtensionFile {
  readonly name: string;
  readonly executable: boolean;
}

/** Properties that are fixed when a sandbox is made. */
export interface SandboxSpec {
  /** Unique, never reused; part of the container's name. Lower-case letters, digits and `-`. */
  readonly id: string;
  /** An image reference that `Engine.runtimeImage` or `Engine.functionImage` returned. */
  readonly image: string;
  /** The memory limit until `assign` sets another; `assign` is fastest if that is lower or equal. */
  readonly memoryMiB: number;
  readonly ephemeralStorageMiB: number;
  /**
   * Mounts empty folders at `/var/task` and `/opt`, which `assign` fills. Without slots and folders the image's are
   * used.
   */
  readonly slots?: boolean;
  /** Folder to mount at `/var/task` without a slot; a path of this process. */
  readonly codeFolder?: string;
  /** Folder to mount at `/opt` without a slot; a path of this process. */
  readonly layersFolder?: string;
}

/** The function of a sandbox. Folders are absolute paths of this process, and their content never changes. */
export interface SandboxAssignment {
  readonly memoryMiB: number;
  /** Content of `/var/task` in a sandbox with slots. */
  readonly codeFolder?: string;
  /** Content of `/opt` in a sandbox with slots. */
  readonly layersFolder?: string;
}

/** How code was put into a sandbox: as hard links, as copies if the system refuses links, or as mounts at creation. */
export type FillKind = 'linked' | 'copied' | 'mounted';

/** How long it took to make a sandbox, in milliseconds. */
export interface SandboxMaking {
  /** Until the engine had created the container. */
  readonly createMs: number;
  /** Until the engine had started it. */
  readonly startMs: number;
  /** From then until its init waited at the gate. */
  readonly gateMs: number;
}

/** A sandbox whose init waits: no process of the function runs before `start`. */
export interface Sandbox {
  readonly id: string;
  /** Short container id, for messages and output. */
  readonly engineId: string;
  /**
   * Whether the init relays neither the output of the process `runtime` nor connections to `127.0.0.1:9001`. Then
   * output from before a request is emitted in that request's turn of the event loop or earlier, output from after a
   * response is emitted after that response, and requests have no stamp.
   */
  readonly direct: boolean;
  /** Absent if the engine does not measure it. */
  readonly making?: SandboxMaking;
  /** False once its init's connection has ended: a spare that died while it waited must not be used. */
  readonly alive: boolean;
  /**
   * Adds a function's code and layers and sets its memory limit. Call it once before `start`, and again after `recycle`
   * with `vacate`. Rejects with an EngineError if the code cannot be added; remove the sandbox then.
   */
  assign(assignment: SandboxAssignment): Promise<FillKind>;
  /** Sets the listener: once before `start`, and again after `recycle`. Earlier events are emitted at once. */
  listen(listener: SandboxListener): void;
  start(process: ProcessSpec): void;
  /** Sends a signal to a process and its group; a process that has ended is no error. */
  signal(process: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Stops every process but the init. No engine call; takes effect in the order of calls. */
  freeze(): void;
  thaw(): void;
  /**
   * Back-pressure for output: stops reading, so that a process that prints blocks in its write once its pipe is full.
   * Call it inside `listener.output` when the sink has no room, and `resumeOutput` when it has. Both are idempotent.
   * - Up to 256 KiB that were read already are still emitted after the call.
   * - Order is kept: exits, answers (`figures`, `reset`, `recycle`, …) and `lost` wait for the output that precedes
   * them.   A sink must therefore resume within bounded time, if necessary by dropping data.
   * - Connections (`connected`) and requests on them do not wait. Callers that need the output first await `figures`.
   */
  pauseOutput(): void;
  resumeOutput(): void;
  /**
   * If output of a direct sandbox is paused: resolves when all output printed before this call has been emitted, or 1
   * MiB of it, which is more than the pipes hold. Undefined if no output waits beyond this turn.
   */
  outputRead(): Promise<void> | undefined;
  /** Kills all processes except the init; keeps `/tmp`. Resolves when all are reaped. */
  reset(): Promise<void>;
  /** Also a barrier: when it resolves, all earlier output has been emitted. */
  figures(options?: FiguresOptions): Promise<MemoryFigures>;
  /**
   * The figures in the stamp header of a runtime's poll. They equal those of `figures` and are a barrier too. Undefined
   * while earlier output is missing, and for a text that is not a stamp.
   */
  figuresOf(stamp: string): MemoryFigures | undefined;
  /** The files in `/opt/extensions`, in name order, without folders. */
  extensions(): Promise<readonly ExtensionFile[]>;
  /** Connects to a port on which a process in the sandbox listens (telemetry subscriptions). */
  dial(port: number): Promise<Duplex>;
  /** Sets the CPU share, in vCPUs, from now on. */
  limitCpu(vcpus: number): Promise<void>;
  /**
   * Kills all processes, empties `/tmp`, lifts the CPU limit and drops the listener. Code, layers and memory limit stay
   * for the same function; `vacate` undoes them too, so that the sandbox can be assigned to any function. Resolves to
   * false if the sandbox could not be emptied; remove it then.
   */
  recycle(options?: { readonly vacate?: boolean }): Promise<boolean>;
  /** Kills and removes it. Does not reject if it no longer exists; `lost` is not emitted. */
  remove(): Promise<void>;
}

/** An image's own start settings. */
export interface ImageStart {
  /** Value for `SandboxSpec.image`. It is content-addressed, so that a moved tag has no effect. */
  readonly image: string;
  /** Absent if the image does not name one, or names one that Lambda does not support. */
  readonly architecture?: Architecture;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface LayerBuild {
  /** A runtime's identifier, e.g. `python3.13`; the layer is built in that runtime's own image. */
  readonly runtime: string;
  /** Folder with a `requirements.txt` or a `package.json`; a path of this process. */
  readonly sourceFolder: string;
  /** Empty folder that receives `python/` or `nodejs/`; a path of this process. */
  readonly targetFolder: string;
  /** Whether development packages are installed too. */
  readonly development?: boolean;
}

/** An image to build from a Dockerfile, as `docker build` does. */
export interface ImageBuild {
  /** The name that the image gets, with its tag. */
  readonly image: string;
  /** Absolute path. Files that its `.dockerignore` excludes are not sent to the engine. */
  readonly context: string;
  /** Absolute path of the Dockerfile. */
  readonly dockerfile: string;
  /** The stage to build; absent: the last. */
  readonly target?: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** E.g. `linux/arm64`; absent: the engine's own. */
  readonly platform?: string;
  /** Files that `RUN --mount=type=secret,id=ID` reads, by id, as absolute paths. They are not part of the image. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What `RUN --mount=type=ssh` reaches, as `docker build --ssh` takes it: `default`, or `ID=PATH`. */
  readonly ssh?: readonly string[];
}

export interface Engine {
  describe(): Promise<EngineDescription>;
  /** The image of a managed runtime; builds or pulls it if needed. */
  runtimeImage(runtime: string, report: ReportProgress): Promise<ImageStart>;
  /** The image of a function packaged as an image; pulls it if the engine does not have it. */
  functionImage(reference: string, report: ReportProgress): Promise<ImageStart>;
  /** The id of the image that has this name now, `sha256:` and 64 hex digits; undefined if the engine has none. */
  imageId(reference: string): Promise<string | undefined>;
  /** Calls the listener when images may have been added, removed or renamed. @returns a function that unsubscribes */
  onImageChange(listener: () => void): () => void;
  /** Builds an image, with the engine's cache of earlier steps. Resolves when the image has its name. */
  buildImage(build: ImageBuild, report: ReportProgress): Promise<void>;
  buildLayer(build: LayerBuild, report: ReportProgress): Promise<void>;
  createSandbox(spec: SandboxSpec): Promise<Sandbox>;
  /**
   * Keeps a copy of each of these folders ready, so that `assign` need not make it; removes copies of other folders.
   * Resolves when there is a copy of each folder that can be linked. Never rejects: without a copy, `assign` makes one.
   */
  keepCopies(folders: ReadonlySet<string>): Promise<void>;
  /**
   * Removes sandboxes that earlier boots of this instance left, except those of boots that still live. It calls
   * `living` after it has listed the sandboxes. Resolves to the number of removed sandboxes.
   */
  sweep(living?: () => ReadonlySet<string>): Promise<number>;
  /** Whether a sandbox of any lambdock on the engine has this IP address. */
  isSandboxAddress(address: string): Promise<boolean>;
  /** Closes connections and listeners. Remove all sandboxes before. */
  close(): Promise<void>;
}

export type EngineErrorKind =
  /** No engine answers at the address. */
  | 'unreachable'
  /** Neither the engine nor a reachable registry has the image. */
  | 'image-missing'
  /** A build step failed; the message has the last lines of its output. */
  | 'build-failed'
  /** The sandbox was made, but its init did not report in time, or it ended at once. */
  | 'sandbox-failed'
  /** The runtime is known, but no available base has it. */
  | 'runtime-unavailable'
  /** The engine refused the request for another reason. */
  | 'refused';

export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly kind: EngineErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
