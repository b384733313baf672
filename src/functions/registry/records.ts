import type { Architecture } from '../../aws/architecture';
import type { DebugTarget } from '../function-version';

/** A layer that a function uses. It stays usable when the layer's version is deleted. */
export interface LayerUse {
  readonly arn: string;
  /** Of the zip that was published. */
  readonly sizeBytes: number;
  readonly unzippedBytes: number;
  /** Address in the store's `layers`. */
  readonly hash: string;
}

/** A folder of the store. */
export interface StoredFolder {
  readonly section: 'layers' | 'opt';
  readonly hash: string;
}

/** Configuration of a function, in the API's units. */
export interface FunctionSettings {
  readonly description: string;
  readonly role: string;
  readonly runtime?: string;
  readonly handler?: string;
  /** MB. */
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  /** MB of `/tmp`. */
  readonly ephemeralStorage: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly architecture: Architecture;
  readonly layers: readonly LayerUse[];
  /** Folder that is mounted at `/opt`: all layers, merged. */
  readonly opt?: StoredFolder;
  readonly imageConfig?: ImageConfig;
  /** Of `$LATEST` only: published versions are not debugged. */
  readonly debug?: DebugTarget;
  /** Members of `FunctionConfiguration` that lambdock stores and returns but does not use. */
  readonly storedOnly: Readonly<Record<string, unknown>>;
}

export interface ImageConfig {
  readonly EntryPoint?: readonly string[];
  readonly Command?: readonly string[];
  readonly WorkingDirectory?: string;
}

export interface ZipCode {
  readonly kind: 'zip';
  /** Address in the store's `code`. */
  readonly hash: string;
  readonly codeSha256: string;
  /** Size of the zip, or the sum of a folder's files. */
  readonly sizeBytes: number;
  readonly unzippedBytes: number;
  /** The S3 object if the caller requested a reference instead of a copy. */
  readonly object?: S3Object;
  /** Absolute path of the folder whose changes are deployed. */
  readonly followed?: string;
}

/** An S3 object, with the API's member names. */
export interface S3Object {
  readonly S3Bucket: string;
  readonly S3Key: string;
  readonly S3ObjectVersion?: string;
}

export interface ImageCode {
  readonly kind: 'image';
  /** Name that the deployment used. */
  readonly image: string;
  /** Id of the image that had this name at deployment; this image runs. Absent if the engine had none. */
  readonly imageId?: string;
  readonly codeSha256: string;
}

export type Code = ZipCode | ImageCode;

/** Code and settings from which environments are made. */
export interface Deployable {
  readonly settings: FunctionSettings;
  readonly code: Code;
}

export type FunctionState = 'Pending' | 'Active' | 'Inactive' | 'Failed';

export interface Reason {
  readonly text: string;
  /** One of `StateReasonCode` in the service model. */
  readonly code: string;
}

/** A published version. Its code and settings never change; its state changes once. */
export interface VersionRecord extends Deployable {
  readonly functionName: string;
  /** `$LATEST` or a number in decimal. */
  readonly version: string;
  readonly state: FunctionState;
  readonly stateReason?: Reason;
  /** It runs already, although its state or update status is still shown as in progress. */
  readonly ready?: true;
  /** Milliseconds since the epoch. */
  readonly lastModifiedMs: number;
  readonly revisionId: string;
  /** Description of `$LATEST` at publication; the version's own may differ. */
  readonly latestDescription?: string;
}

/** A function with its `$LATEST`. */
export interface FunctionRecord extends VersionRecord {
  /** Whether a client or the template deployed it. */
  readonly source: 'api' | 'template';
  /** The highest version number so far; numbers are not reused. */
  readonly lastVersion: number;
  readonly update: 'Successful' | 'InProgress' | 'Failed';
  readonly updateReason?: Reason;
  /** Serves until the update has succeeded. */
  readonly serving?: Deployable;
}

export interface AliasRecord {
  readonly functionName: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly revisionId: string;
  /** Share of invocations, 0 to 1, by version; the rest goes to `version`. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface LayerRecord {
  readonly layerName: string;
  readonly version: number;
  readonly description?: string;
  readonly licenseInfo?: string;
  readonly runtimes?: readonly string[];
  readonly architectures?: readonly string[];
  readonly createdMs: number;
  readonly codeSha256: string;
  readonly sizeBytes: number;
  readonly unzippedBytes: number;
  /** Hash of the zip, which is also the content's address in the store. */
  readonly hash: string;
  /** As of a function's code. */
  readonly object?: S3Object;
}

export interface ReservedConcurrency {
  readonly reserved: number;
}

export interface ProvisionedConcurrency {
  readonly functionName: string;
  /** A version's number or an alias. */
  readonly qualifier: string;
  readonly requested: number;
  readonly lastModifiedMs: number;
}
