import { errnoOf } from './errno';

/** Sentences with the next step for errors of the operating system and SQLite. `it` is a path, or "a file". */
const sentences: Readonly<Record<string, (it: string) => string>> = {
  ENOSPC: (it) => fullDisk(it),
  EDQUOT: (it) =>
    `The disk quota of ${it} is used up. Free space there, or pass a folder on another disk with --data.`,
  EROFS: (it) => `Cannot write ${it}: its file system is read-only. Pass a writable folder with --data.`,
  EACCES: (it) => `Cannot access ${it}: permission denied. Change its owner or mode, or pass another folder.`,
  EPERM: (it) => `Cannot access ${it}: not permitted. Change its owner or mode, or pass another folder.`,
  ENOTDIR: (it) => `Cannot use ${it}: a part of its path is a file, not a folder. Pass another path.`,
  EEXIST: (it) =>
    `Cannot create the folder ${it}: a file of this name exists. Remove it, or pass another path.`,
  EISDIR: (it) => `Cannot use ${it} as a file: it is a folder. Remove it, or pass another path.`,
  ELOOP: (it) => `Cannot use ${it}: its symbolic links form a loop. Remove them, or pass another path.`,
  ENAMETOOLONG: (it) => `Cannot use ${it}: the path is too long. Pass a shorter one.`,
  EIO: (it) => `Cannot read or write ${it}: the disk reports an input/output error. Check the disk.`,
  EFBIG: (it) => `Cannot write ${it}: the file would be larger than the limit (ulimit -f). Raise the limit.`,
  EMFILE: () => 'Too many open files in this process. Raise the limit (ulimit -n), e.g. to 65536.',
  ENFILE: () => 'Too many open files on this machine. Raise fs.file-max, or stop other programs.',
  SQLITE_FULL: (it) => fullDisk(it),
  SQLITE_READONLY: (it) =>
    `Cannot write ${it}: it is read-only. Make it writable, or pass another folder with --data.`,
  SQLITE_CORRUPT: (it) => damaged(it),
  SQLITE_NOTADB: (it) => damaged(it),
  SQLITE_IOERR: (it) =>
    `Cannot read or write ${it}: the disk reports an error. Check the disk and its free space.`,
  SQLITE_CANTOPEN: (it) =>
    `Cannot open ${it}. Make its folder readable and writable, or pass another one with --data.`,
  SQLITE_PERM: (it) =>
    `Cannot access ${it}: permission denied. Change its owner or mode, or pass another folder.`,
  SQLITE_BUSY: (it) =>
    `${it} is locked by another program. Stop that program, or pass another folder with --data.`,
};

const fullDisk = (it: string) =>
  `No space left on the disk of ${it}. Free space there ("docker system df" shows what images and volumes use), or pass a folder on another disk with --data.`;

const damaged = (it: string) =>
  `${it} is damaged and cannot be read as a database. Restore it, or move it away: lambdock then starts without the functions that were deployed over the API.`;

/** The codes that mean that a disk is full. */
const full = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/**
 * A sentence with the next step for an error of the user's disk, folder or machine; undefined for others. Also looks at
 * causes.
 * @param fallback names the file if the error has no path
 */
export function systemProblem(error: unknown, fallback = 'the data folder'): string | undefined {
  const found = findSystemError(error);
  if (found === undefined) return undefined;
  const { code, path } = found;
  return sentences[code]?.(path ?? fallback);
}

/** Whether the error reports a full disk. */
export function isDiskFull(error: unknown): boolean {
  return full.has(findSystemError(error)?.code ?? '');
}

function findSystemError(error: unknown): { readonly code: string; readonly path?: string } | undefined {
  const code = errnoOf(error);
  // SQLite's extended codes begin with the basic one: SQLITE_IOERR_WRITE.
  const known =
    code === undefined
      ? undefined
      : [code, code.split('_').slice(0, 2).join('_')].find((each) => each in sentences);
  if (known !== undefined) {
    const { path } = error as { readonly path?: unknown };
    return { code: known, ...(typeof path === 'string' && { path }) };
  }
  return error instanceof Error ? findSystemError(error.cause) : undefined;
}

/** An error with its causes, or the sentence with the next step if the user can fix it. */
export function withCauses(error: Error): string {
  const problem = systemProblem(error);
  if (problem !== undefined) {
    if (error.cause === undefined) return problem;
    // The message may be the cause's sentence already, with a path of its own.
    const parts = systemProblem(error.cause, '\0')?.split('\0') ?? [];
    const isSaid = parts.length > 0 && parts.every((part) => error.message.includes(part));
    return isSaid ? error.message : `${error.message}: ${problem}`;
  }
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${withCauses(cause)}` : error.message;
}
