import type { Architecture } from '../../aws/architecture';
import type { LoggingConfig } from '../../aws/logging';
import type { Compiler } from '../../runtimes/families';
import type { ImagePackage } from '../function-version';
import type { StartSettings } from '../start-settings';

/** A function as a template describes it: checked, but nothing of it read or built yet. */
export interface WantedFunction {
  readonly name: string;
  readonly description: string;
  readonly package: WantedZip | WantedImage;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly ephemeralStorageMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: whatever the engine runs. */
  readonly architecture?: Architecture;
  /** Absent unless it is debugged; until the flags have been read, the port may be missing. */
  readonly debug?: WantedDebug;
  readonly tags?: Readonly<Record<string, string>>;
  /** How its environments start and end, as lambdock alone knows it. */
  readonly starts?: StartSettings;
  readonly url?: WantedUrl;
  readonly reservedConcurrency?: number;
  /** Points at a version that is published of it. */
  readonly alias?: string;
  /** Of that alias. */
  readonly provisionedConcurrency?: number;
  /** What happens to asynchronous invocations, in the API's words. */
  readonly eventInvoke?: WantedEventInvoke;
  readonly tracing?: 'Active' | 'PassThrough';
  /** Of its published versions. */
  readonly snapStart?: true;
  /** In the API's words. */
  readonly logging?: LoggingConfig;
  /** ARN of the queue or topic that events go to whose asynchronous invocations failed. */
  readonly deadLetterTarget?: string;
}

export interface WantedEventInvoke {
  readonly MaximumEventAgeInSeconds?: number;
  readonly MaximumRetryAttempts?: number;
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination: string };
    readonly OnFailure?: { readonly Destination: string };
  };
}

/** A function URL, in the API's words. */
export interface WantedUrl {
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly cors?: WantedCors;
}

/** Which pages of other origins may call it, in the API's words. */
export interface WantedCors {
  readonly AllowCredentials?: boolean;
  readonly AllowHeaders?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowOrigins?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  /** Seconds. */
  readonly MaxAge?: number;
}

/** A function's only file, written out where the function is. */
export interface InlineCode {
  /** Its name. */
  readonly file: string;
  readonly text: string;
}

/** How it is debugged. A template that has been read has given each a port. */
export interface WantedDebug {
  readonly port?: number;
  readonly wait: boolean;
}

/** A function packaged as an image. */
export interface WantedImage extends ImagePackage {
  /** What the image is built from; absent: it exists, or is pulled. */
  readonly build?: WantedImageBuild;
}

/** Paths are absolute. */
export interface WantedImageBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** E.g. `linux/arm64`. */
  readonly platform?: string;
  /** Files that `RUN --mount=type=secret,id=ID` reads, by id, as absolute paths. They are not part of the image. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What `RUN --mount=type=ssh` reaches, as `docker build --ssh` takes it: `default`, or `ID=PATH`. */
  readonly ssh?: readonly string[];
}

export interface WantedZip {
  readonly kind: 'zip';
  readonly runtime: string;
  readonly handler: string;
  /** A folder or a zip file, as an absolute path; or the code itself. */
  readonly code: string | InlineCode;
  /** How the code is made from its folder; absent: it is used as it is. */
  readonly build?: CodeBuild;
  /** At most five; a later one wins. */
  readonly layers: readonly WantedLayer[];
}

/** `packages`: those that the folder lists are installed beside the code. */
export type CodeBuild = { readonly method: 'packages' } | EsbuildBuild | MakefileBuild | CompiledBuild;

/** Compiled with the host's own compilers. */
export interface CompiledBuild {
  readonly method: Compiler;
  /** The function's; names the binary where Rust makes several. */
  readonly handler: string;
}

export interface EsbuildBuild {
  readonly method: 'esbuild';
  /** Relative to the code's folder; with or without extension. */
  readonly entryPoints: readonly string[];
  /** Arguments for esbuild beside `--bundle`, `--platform` and the output's folder: `--minify`. */
  readonly options: readonly string[];
}

export interface MakefileBuild {
  readonly method: 'makefile';
  /** It finds the folder to fill in `ARTIFACTS_DIR`. */
  readonly target: string;
}

/** A folder or a zip file, as an absolute path; or another kind. */
export type WantedLayer = string | BuiltLayer | GeneratedLayer | CrateLayer;

/** A folder that is built as `BuildMethod` of a SAM template says. */
export interface BuiltLayer {
  readonly kind: 'built';
  /** Absolute. */
  readonly path: string;
  /** A runtime whose packages and own modules are laid out as Lambda looks for them, or make. */
  readonly build: { readonly method: 'packages'; readonly runtime: string } | MakefileBuild;
}

/** A layer with a program that is compiled from a crate. */
export interface CrateLayer {
  readonly kind: 'crate';
  readonly name: string;
  /** Its name at crates.io. */
  readonly crate: string;
  readonly version: string;
  readonly program: string;
  /** Where the program lies in the layer. */
  readonly place: string;
  /** Texts of executable files by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A layer of a few files, which may list packages to install. */
export interface GeneratedLayer {
  readonly kind: 'generated';
  readonly name: string;
  /** Texts by path; those that start with `#!` are executable. */
  readonly files: Readonly<Record<string, string>>;
}
