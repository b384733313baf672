import type { Architecture } from '../../aws/architecture';
import type { LoggingConfig } from '../../aws/logging';
import type { Compiler } from '../../runtimes/families';
import type { ImagePackage } from '../function-version';
import type { StartSettings } from '../start-settings';

/** A function as described by a template: checked, but its code is neither read nor built yet. */
export interface WantedFunction {
  readonly name: string;
  readonly description: string;
  readonly package: WantedZip | WantedImage;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly ephemeralStorageMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Default: the engine's architecture. */
  readonly architecture?: Architecture;
  /** Present if the function is debugged. The port may be missing until the flags are read. */
  readonly debug?: WantedDebug;
  readonly tags?: Readonly<Record<string, string>>;
  /** How its environments start and end. Lambda has no such settings. */
  readonly starts?: StartSettings;
  readonly url?: WantedUrl;
  readonly reservedConcurrency?: number;
  /** Name of an alias, which points to a published version. */
  readonly alias?: string;
  /** Provisioned concurrency of the alias. */
  readonly provisionedConcurrency?: number;
  /** Settings for asynchronous invocations, in the API's format. */
  readonly eventInvoke?: WantedEventInvoke;
  readonly tracing?: 'Active' | 'PassThrough';
  /** Whether published versions use SnapStart. */
  readonly snapStart?: true;
  /** In the API's format. */
  readonly logging?: LoggingConfig;
  /** ARN of the queue or topic that receives events of failed asynchronous invocations. */
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

/** A function URL, in the API's format. */
export interface WantedUrl {
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly cors?: WantedCors;
}

/** CORS settings, in the API's format. */
export interface WantedCors {
  readonly AllowCredentials?: boolean;
  readonly AllowHeaders?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowOrigins?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  /** Seconds. */
  readonly MaxAge?: number;
}

/** A function's only file, written inside the template. */
export interface InlineCode {
  /** File name. */
  readonly file: string;
  readonly text: string;
}

/** Debug settings of a function. Each has a port after the template has been read. */
export interface WantedDebug {
  readonly port?: number;
  readonly wait: boolean;
}

/** A function packaged as an image. */
export interface WantedImage extends ImagePackage {
  /** How the image is built. Absent if the image exists or is pulled. */
  readonly build?: WantedImageBuild;
}

/** Paths are absolute. */
export interface WantedImageBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** For example `linux/arm64`. */
  readonly platform?: string;
  /** Absolute paths of files by id, for `RUN --mount=type=secret,id=ID`. They are not part of the image. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Agents and keys for `RUN --mount=type=ssh`, as in `docker build --ssh`: `default` or `ID=PATH`. */
  readonly ssh?: readonly string[];
}

export interface WantedZip {
  readonly kind: 'zip';
  readonly runtime: string;
  readonly handler: string;
  /** Absolute path of a folder or zip file, or the code itself. */
  readonly code: string | InlineCode;
  /** How the code is built from its folder. Absent if it is used as it is. */
  readonly build?: CodeBuild;
  /** At most five. Files of a later layer replace those of an earlier one. */
  readonly layers: readonly WantedLayer[];
}

/** `packages` installs the packages that the folder lists next to the code. */
export type CodeBuild = { readonly method: 'packages' } | EsbuildBuild | MakefileBuild | CompiledBuild;

/** A build with the host's compilers. */
export interface CompiledBuild {
  readonly method: Compiler;
  /** The function's handler. It names the binary if a Rust project has several. */
  readonly handler: string;
}

export interface EsbuildBuild {
  readonly method: 'esbuild';
  /** Paths relative to the code's folder, with or without extension. */
  readonly entryPoints: readonly string[];
  /** Arguments for esbuild in addition to `--bundle`, `--platform` and the output folder, such as `--minify`. */
  readonly options: readonly string[];
}

export interface MakefileBuild {
  readonly method: 'makefile';
  /** Target of the makefile. It writes to the folder in `ARTIFACTS_DIR`. */
  readonly target: string;
}

/** A string is the absolute path of a folder or zip file. */
export type WantedLayer = string | BuiltLayer | GeneratedLayer | CrateLayer;

/** A folder that is built with the `BuildMethod` of a SAM template. */
export interface BuiltLayer {
  readonly kind: 'built';
  /** Absolute path. */
  readonly path: string;
  /** `packages` lays out packages and modules where the runtime looks for them. */
  readonly build: { readonly method: 'packages'; readonly runtime: string } | MakefileBuild;
}

/** A layer with a program compiled from a crate. */
export interface CrateLayer {
  readonly kind: 'crate';
  readonly name: string;
  /** Name at crates.io. */
  readonly crate: string;
  readonly version: string;
  readonly program: string;
  /** Path of the program in the layer. */
  readonly place: string;
  /** Contents of executable files by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A layer of a few files, one of which may list packages to install. */
export interface GeneratedLayer {
  readonly kind: 'generated';
  readonly name: string;
  /** Contents by path. Files that start with `#!` are executable. */
  readonly files: Readonly<Record<string, string>>;
}
