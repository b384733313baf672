import type { Architecture } from '../aws/architecture';
import type { FunctionLogging } from '../aws/logging';

/** Code and settings of one version of a function, from which environments are made. Immutable. */
export interface FunctionVersion {
  readonly functionName: string;
  /** `$LATEST` or a number in decimal. */
  readonly version: string;
  /** The function's ARN without a qualifier. */
  readonly functionArn: string;
  readonly description: string;
  readonly architecture: Architecture;
  readonly package: ZipPackage | ImagePackage;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly ephemeralStorageMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** A published version whose environments are restored after their init. */
  readonly snapStart?: true;
  /** Absent: callers decide. */
  readonly tracing?: 'Active';
  /** Absent: text format, in the log group of its name. */
  readonly logging?: FunctionLogging;
  /** Absent unless the function is debugged. */
  readonly debug?: DebugTarget;
  /** Changes with every change of code or settings that affects an environment. */
  readonly revision: string;
}

/** How a function is debugged: one environment at a time, without timeouts and without a freeze. */
export interface DebugTarget {
  /** The debugger's port, on this machine and in the sandbox. */
  readonly port: number;
  /** Whether the runtime waits for a debugger before it loads the function. */
  readonly wait: boolean;
}

/** A function of a managed runtime: code unpacked in the store, layers merged. */
export interface ZipPackage {
  readonly kind: 'zip';
  readonly runtime: string;
  readonly handler: string;
  /** Folder that is mounted at `/var/task`. */
  readonly codeFolder: string;
  /** SHA-256 of the code in base64, the value of `CodeSha256`. */
  readonly codeSha256: string;
  /** Folder that is mounted at `/opt`: all layers, merged in order. Absent without layers. */
  readonly layersFolder?: string;
}

/** A function packaged as a container image. Without an override the image's own value is used. */
export interface ImagePackage {
  readonly kind: 'image';
  /** Name that the deployment used. */
  readonly image: string;
  /** Id of the image that had this name at deployment; this image runs. Absent if the engine had none. */
  readonly imageId?: string;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
}
