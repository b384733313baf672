/** Where packages of this machine lie in the folder that packages are installed from. */
export const localFolder = 'local-packages';

/** What a list of packages needs from outside of its folder. */
export interface LocalSources {
  /** Folders and files of this machine, by their path within the source. */
  readonly copied: ReadonlyMap<string, string>;
  /** Texts that replace files of the source, or are added to it, by path. */
  readonly texts: ReadonlyMap<string, string>;
}
