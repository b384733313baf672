import type { Duplex } from 'node:stream';
import type { Architecture } from '../aws/architecture';
import type { ReportProgress } from '../lib/progress';

export interface EngineDescription {
  /** What the engine calls itself, e.g. `Docker 28.2.2`. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly cgroupVersion: 1 | 2;
  /** Host names of this machine or container: how others on its network reach it. */
  readonly ownNames: readonly string[];
  /** Whether a sandbox made with `slots` sees what `assign` puts into them: engine and emulator share a kernel. */
  readonly slots: boolean;
}

/** A process to be started in a sandbox by its init. */
export interface ProcessSpec {
  /** Chosen by the caller and unique among the sandbox's living processes: `runtime`, `extension/NAME`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether descriptor 62 is a pipe for framed log records (`_LAMBDA_TELEMETRY_LOG_FD`). */
  readonly telemetryDescriptor?: boolean;
}

/** What starting a process failed at. `interpreter`: the command is there, and the program that its first line names is not. */
export type StartStep = 'working-directory' | 'command' | 'interpreter';

/** How a process ended. `outOfMemory` is set where the memory limit killed it. */
export type ProcessExit =
  | { readonly code: number; readonly signal?: undefined; readonly outOfMemory: boolean }
  | { readonly signal: string; readonly code?: undefined; readonly outOfMemory: boolean };

/** Memory of a sandbox in bytes, without what lies in `/tmp` and without reclaimable file cache. */
export interface MemoryFigures {
  readonly currentBytes: number;
  /** The highest since the sandbox was made or since the last `figures({ resetPeak: true })`. */
  readonly peakBytes: number;
  /** Bytes held by the `/tmp` tmpfs (and other shared memory). */
  readonly tmpBytes: number;
}

export interface FiguresOptions {
  /** The peak starts anew behind this reading. */
  readonly resetPeak?: boolean;
  /** For whom it is soon enough to have them asked for within so many milliseconds, or earlier where the sandbox ends. */
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
  /** The sandbox ended without having been asked to, or the connection to its init broke. */
  lost(reason: string): void;
}

/** A file in `/opt/extensions`. Lambda fails the init phase where one is not executable. */
export interface ExtensionFile {
  readonly name: string;
  readonly executable: boolean;
}

/** What is fixed when a sandbox is made. */
export interface SandboxSpec {
  /** Unique for ever; part of the engine's name of it. Lower-case letters, digits and `-`. */
  readonly id: string;
  /** An image reference that `Engine.runtimeImage` or `Engine.functionImage` returned. */
  readonly image: string;
  /** The memory limit until `assign` sets another; `assign` is fastest where that is lower or equal. */
  readonly memoryMiB: number;
  readonly ephemeralStorageMiB: number;
  /** Mounts an empty folder at `/var/task` and at `/opt`, which `assign` fills. Without it and folders, the image's own stay. */
  readonly slots?: boolean;
  /** Folder to mount at `/var/task` without a slot, as this process sees it. */
  readonly codeFolder?: string;
  /** Folder to mount at `/opt` without a slot, as this process sees it. */
  readonly layersFolder?: string;
}

/** Which function a sandbox is for. Folders are absolute paths, as this process sees them, and never change. */
export interface SandboxAssignment {
  readonly memoryMiB: number;
  /** What `/var/task` is filled with, in a sandbox with slots. */
  readonly codeFolder?: string;
  /** What `/opt` is filled with, in a sandbox with slots. */
  readonly layersFolder?: string;
}

/** How code came into a sandbox: as hard links, as copies where the system refuses links, or as mounts made with it. */
export type FillKind = 'linked' | 'copied' | 'mounted';

/** How long the making of a sandbox took, in milliseconds. */
export interface SandboxMaking {
  /** Until the engine had the container. */
  readonly createMs: number;
  /** Until the engine had started it. */
  readonly startMs: number;
  /** From then until its init waited at the gate. */
  readonly gateMs: number;
}

/** A made sandbox whose init waits behind the gate: nothing of the function runs until `start`. */
export interface Sandbox {
  readonly id: string;
  /** How the engine calls it, for people: a short container id. */
  readonly engineId: string;
  /**
   * Whether the init relays neither the output of the process `runtime` nor connections to `127.0.0.1:9001`. Then all
   * output from before a request is emitted in that request's turn of the event loop or earlier, none from after an answer
   * is emitted before that answer, and requests have no stamp.
   */
  readonly direct: boolean;
  /** Absent where the engine does not measure it. */
  readonly making?: SandboxMaking;
  /** False once its init's connection has ended: a spare that died while it waited must not be used. */
  readonly alive: boolean;
  /**
   * Brings a function's code and layers in and sets its memory limit; to be called once, before `start`, and again after
   * `recycle` with `vacate`. Rejects with an EngineError when the code cannot be brought in; remove the sandbox then.
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
   * Back-pressure for output: nothing more is read, so that a process that prints blocks in its write once its pipe is full.
   * Call it inside `listener.output` when the sink has no room, and `resumeOutput` when it has. Both are idempotent.
   * - Up to 256 KiB that were read already are still emitted after the call.
   * - Order holds: exits, answers (`figures`, `reset`, `recycle`, …) and `lost` wait behind the output that precedes them.
   *   A sink must therefore resume within bounded time, if need be by dropping what it holds.
   * - Connections (`connected`) and requests on them do not wait. `figures` is the barrier for who needs the output first.
   */
  pauseOutput(): void;
  resumeOutput(): void;
  /**
   * Where output of a direct sandbox is paused: resolves when all that was printed before this call has been emitted, or
   * 1 MiB, which is more than pipes hold. Undefined where nothing waits to be read beyond this turn.
   */
  outputRead(): Promise<void> | undefined;
  /** Kills every process but the init; `/tmp` is kept. Resolves when all are reaped. */
  reset(): Promise<void>;
  /** Also a barrier: all output that was written before has been emitted when it resolves. */
  figures(options?: FiguresOptions): Promise<MemoryFigures>;
  /**
   * The figures in the stamp of a runtime's poll, which is in the header of that name. They equal those of `figures`, and
   * are a barrier like them; undefined while output from before is missing, and for text that is no stamp.
   */
  figuresOf(stamp: string): MemoryFigures | undefined;
  /** The files in `/opt/extensions`, in name order; folders are left out. */
  extensions(): Promise<readonly ExtensionFile[]>;
  /** A connection to a port that a process listens on inside (telemetry subscriptions). */
  dial(port: number): Promise<Duplex>;
  /** Sets the CPU share, in vCPUs, from now on. */
  limitCpu(vcpus: number): Promise<void>;
  /**
   * Kills every process, empties `/tmp`, lifts the CPU limit and forgets the listener. Code, layers and memory limit stay,
   * for the same function; with `vacate` they are undone, so that it can be assigned to any.
   * False where something is left; it must be removed then.
   */
  recycle(options?: { readonly vacate?: boolean }): Promise<boolean>;
  /** Kills and removes it. Never rejects for one that has gone already; `lost` is not emitted. */
  remove(): Promise<void>;
}

/** How an image says that it wants to be started. */
export interface ImageStart {
  /** What to put in `SandboxSpec.image`: content-addressed, so that a moved tag changes nothing unasked. */
  readonly image: string;
  /** What it is built for; absent where the image does not say so, or for another one than Lambda has. */
  readonly architecture?: Architecture;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface LayerBuild {
  /** A runtime's identifier, e.g. `python3.13`; the layer is built in that runtime's own image. */
  readonly runtime: string;
  /** Folder with a `requirements.txt` or a `package.json`, as this process sees it. */
  readonly sourceFolder: string;
  /** Empty folder that receives `python/` or `nodejs/`, as this process sees it. */
  readonly targetFolder: string;
  /** Whether packages for development are installed, too. */
  readonly development?: boolean;
}

/** An image to be built from a Dockerfile, as `docker build` does it. */
export interface ImageBuild {
  /** The name that the image gets, with its tag. */
  readonly image: string;
  /** Absolute path. What its `.dockerignore` excludes is not sent to the engine. */
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
  /** The image of a managed runtime, built or pulled first where that is needed. */
  runtimeImage(runtime: string, report: ReportProgress): Promise<ImageStart>;
  /** A function packaged as an image; pulled where the engine does not have it. */
  functionImage(reference: string, report: ReportProgress): Promise<ImageStart>;
  /** The id of the image that has this name now, `sha256:` and 64 hex digits; undefined where the engine has none. */
  imageId(reference: string): Promise<string | undefined>;
  /** Calls the listener when images may have been added, removed or named anew. @returns what ends it */
  onImageChange(listener: () => void): () => void;
  /** Builds an image; steps that the engine has done before are not repeated. Resolves when it has its name. */
  buildImage(build: ImageBuild, report: ReportProgress): Promise<void>;
  buildLayer(build: LayerBuild, report: ReportProgress): Promise<void>;
  createSandbox(spec: SandboxSpec): Promise<Sandbox>;
  /**
   * Keeps a copy of each of these folders ready, so that `assign` need not make it; removes those of all others. Resolves
   * when there is one of each that can be linked. Never rejects: without a copy, `assign` makes its own.
   */
  keepCopies(folders: ReadonlySet<string>): Promise<void>;
  /**
   * Removes what earlier boots of this instance left behind, but nothing of those that live beside this one, which are
   * asked for once it is known what there is; resolves to how many sandboxes that were.
   */
  sweep(living?: () => ReadonlySet<string>): Promise<number>;
  /** Whether a sandbox, of this or another lambdock on the engine, has this IP address. */
  isSandboxAddress(address: string): Promise<boolean>;
  /** Ends connections and listeners. Sandboxes must have been removed before. */
  close(): Promise<void>;
}

export type EngineErrorKind =
  /** No engine answers at the address. */
  | 'unreachable'
  /** The engine has no such image, or no registry that it reaches has. */
  | 'image-missing'
  /** A build step failed; the message carries the last lines of its output. */
  | 'build-failed'
  /** The sandbox was made but its init did not report in time, or it ended at once. */
  | 'sandbox-failed'
  /** The runtime is known, but no base that can be had here offers it. */
  | 'runtime-unavailable'
  /** Anything else that the engine refused. */
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
