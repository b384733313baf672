import type { Architecture } from '../aws/architecture';
import type { FunctionLogging } from '../aws/logging';

/** Code and settings of one version of a function: what an environment is made from. Immutable. */
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
  /** Absent: what callers decide. */
  readonly tracing?: 'Active';
  /** Absent: text, in the group of its name. */
  readonly logging?: FunctionLogging;
  /** Absent unless the function is debugged. */
  readonly debug?: DebugTarget;
  /** Changes whenever anything changes that an environment is made from. */
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
  /** Folder that becomes `/var/task`. */
  readonly codeFolder: string;
  /** SHA-256 of the code, base64, as `CodeSha256` has it. */
  readonly codeSha256: string;
  /** Folder that becomes `/opt`: all layers merged in order. Absent without layers. */
  readonly layersFolder?: string;
}

/** A function packaged as a container image. Absent overrides leave the image's own. */
export interface ImagePackage {
  readonly kind: 'image';
  /** As it was named. */
  readonly image: string;
  /** The image that had this name when it was deployed: what runs. Absent where the engine had none. */
  readonly imageId?: string;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
}
