import type { Architecture } from '../aws/runtimes';
import type { ImagePackage } from './function-version';

/** A function as somebody wants it: checked, but nothing of it read or built yet. */
export interface WantedFunction {
  readonly name: string;
  readonly description: string;
  readonly package: WantedZip | ImagePackage;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly ephemeralStorageMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: whatever the engine runs. */
  readonly architecture?: Architecture;
}

export interface WantedZip {
  readonly kind: 'zip';
  readonly runtime: string;
  readonly handler: string;
  /** A folder or a zip file, as an absolute path. */
  readonly code: string;
  /** Folders or zip files, as absolute paths; a later one wins. */
  readonly layers: readonly string[];
}
