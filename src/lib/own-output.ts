import { type BigIntStats, fstatSync } from 'node:fs';

/** Device and inode, so that a file is found under every name. */
type FileId = Pick<BigIntStats, 'dev' | 'ino'>;

/** Recognizes the files that this process prints to: standard output or error, redirected to a file. */
export function ownOutputs(): (file: FileId) => boolean {
  const own = [1, 2].flatMap((descriptor): FileId[] => {
    try {
      const stats = fstatSync(descriptor, { bigint: true });
      return stats.isFile() ? [stats] : [];
    } catch {
      // The parent process closed it.
      return [];
    }
  });
  return ({ dev, ino }) => own.some((each) => each.ino === ino && each.dev === dev);
}
