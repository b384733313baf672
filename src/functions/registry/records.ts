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
  readonly shelf: 'layers' | 'opt';
  readonly hash: string;
}

/** What can be configured of a function. Units as in the API. */
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
  /** What becomes `/opt`: all layers merged. */
  readonly opt?: StoredFolder;
  readonly imageConfig?: ImageConfig;
  /** Of `$LATEST` only: published versions are not debugged. */
  readonly debug?: DebugTarget;
  /** Members of `FunctionConfiguration` that nothing here depends on; they are stored and shown. */
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
  /** Of the zip; of a folder the sum of its files. */
  readonly sizeBytes: number;
  readonly unzippedBytes: number;
  /** The object that it refers to, where its caller asked for a reference and not for a copy. */
  readonly object?: S3Object;
  /** Absolute path of the folder that it is read from again when that changes. */
  readonly followed?: string;
}

/** An object in S3, with the names that the API has for its parts. */
export interface S3Object {
  readonly S3Bucket: string;
  readonly S3Key: string;
  readonly S3ObjectVersion?: string;
}

export interface ImageCode {
  readonly kind: 'image';
  /** As it was named. */
  readonly image: string;
  /** The image that had this name when it was deployed: what runs. Absent where the engine had none. */
  readonly imageId?: string;
  readonly codeSha256: string;
}

export type Code = ZipCode | ImageCode;

/** What environments are made from. */
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

/** A published version. What is deployed never changes; the state does, once. */
export interface VersionRecord extends Deployable {
  readonly functionName: string;
  /** `$LATEST` or a number in decimal. */
  readonly version: string;
  readonly state: FunctionState;
  readonly stateReason?: Reason;
  /** It runs already, though its state, or that of its update, is still shown as in progress. */
  readonly ready?: true;
  /** Milliseconds since the epoch. */
  readonly lastModifiedMs: number;
  readonly revisionId: string;
  /** The description that `$LATEST` had when it was published, which a version may have another of. */
  readonly latestDescription?: string;
}

/** A function with its `$LATEST`. */
export interface FunctionRecord extends VersionRecord {
  /** Who wants it: the wire, or the file `lambdock.yaml`. */
  readonly source: 'api' | 'template';
  /** The highest number that a version was given; numbers are not given twice. */
  readonly lastVersion: number;
  readonly update: 'Successful' | 'InProgress' | 'Failed';
  readonly updateReason?: Reason;
  /** What serves until an update has been successful. */
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
  /** Of the zip, which is the address of the content too. */
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
