/** Code or a layer, unpacked in the store. Its folder never changes. */
export interface Bundle {
  /** Address in the store, 64 hex digits: equal for equal content. */
  readonly hash: string;
  /** Absolute path. */
  readonly folder: string;
  /** Unzipped size: the sum of its files. */
  readonly sizeBytes: number;
  /** SHA-256 in base64, of the zip file itself where it came from one. */
  readonly codeSha256: string;
  /** What works as on Lambda, and is hardly meant so: sentences about its entries. */
  readonly warnings?: readonly string[];
}

export type BundleErrorKind =
  /** The folder or file is not there, or cannot be read. */
  | 'missing'
  /** There is nothing in it. */
  | 'empty'
  /** Not a zip file, or a damaged one. */
  | 'broken'
  /** It would put something outside its own folder, or holds what is no file, folder or link. */
  | 'unsafe'
  /** More bytes or entries than a function may have. */
  | 'too-large'
  /** It is sound, but does not fit the function. */
  | 'unsuitable';

/** Code or a layer that cannot be taken; the message is a sentence for the user. */
export class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(
    readonly kind: BundleErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Files, folders and links that one bundle may hold; no function of 250 MB has nearly as many. */
export const maxEntries = 200_000;
