/** Code or a layer, unpacked in the store. Its folder never changes. */
export interface Bundle {
  /** Address in the store, 64 hex digits: equal for equal content. */
  readonly hash: string;
  /** Absolute path. */
  readonly folder: string;
  /** Unzipped size: the sum of the file sizes. */
  readonly sizeBytes: number;
  /** SHA-256 in base64, of the zip file if it came from one. */
  readonly codeSha256: string;
  /** Warnings about entries that are valid on Lambda but probably a mistake. */
  readonly warnings?: readonly string[];
}

export type BundleErrorKind =
  /** The folder or file does not exist or cannot be read. */
  | 'missing'
  /** It has no files. */
  | 'empty'
  /** Not a zip file, or a damaged one. */
  | 'broken'
  /** It would write outside of its folder, or has an entry that is not a file, folder or link. */
  | 'unsafe'
  /** More bytes or entries than a function may have. */
  | 'too-large'
  /** It is valid but does not fit the function. */
  | 'unsuitable';

/** Code or a layer was refused; the message is a sentence for the user. */
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

/** Most files, folders and links of a bundle, far more than functions of 250 MB have. */
export const maxEntries = 200_000;
