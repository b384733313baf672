import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootErrnoOf } from '../lib/errno';
import { families } from '../runtimes/families';
import { parsed } from './client/http';
import { Problem } from './problem';

export interface Guess {
  readonly runtime: string;
  readonly handler: string;
  /** The reason, for a message: `app.py has handler`. */
  readonly because: string;
}

/** Files that are read first, by the names that templates and tutorials give them. */
const usual = ['lambda_function', 'app', 'index', 'handler', 'main', 'lambda'];

/**
 * The runtime and the handler of a folder's code.
 * @throws {Problem} if its files do not show them
 */
export function guess(
  folder: string,
  known: { readonly runtime?: string; readonly handler?: string },
): Guess {
  const names = filesOf(folder);
  const family = known.runtime?.replace(/\d.*$/, '');
  for (const { name: familyName, guess: found } of families) {
    if (found === undefined || (family !== undefined && familyName !== family)) continue;
    const { runtime, file, functions, names: handlers } = found;
    for (const name of ordered(
      folder,
      names.filter((each) => file.test(each)),
    )) {
      const exported = [...readFileSync(join(folder, name), 'utf8').matchAll(functions)].map(
        ([, each]) => each,
      );
      const called = handlers.find((each) => exported.includes(each));
      if (called === undefined) continue;
      return {
        runtime: known.runtime ?? runtime,
        handler: known.handler ?? `${name.replace(file, '')}.${called}`,
        because: `${name} has ${called}`,
      };
    }
  }
  throw new Problem(
    `No handler found in ${folder}. Pass --runtime and --handler, e.g. --runtime nodejs22.x --handler FILE.FUNCTION.`,
  );
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    const code = rootErrnoOf(error);
    const why =
      code === 'ENOENT'
        ? 'the folder does not exist'
        : code === 'ENOTDIR'
          ? 'it is not a folder'
          : `it is not readable (${code})`;
    throw new Problem(`Cannot read ${folder}: ${why}. Pass the folder with the function's code.`);
  }
}

/** The main file of package.json first, then the usual names, then the rest. */
function ordered(folder: string, names: readonly string[]): readonly string[] {
  const main = mainOf(folder);
  const rank = (name: string) => {
    if (name === main) return -1;
    const place = usual.indexOf(name.replace(/\.\w+$/, ''));
    return place < 0 ? usual.length : place;
  };
  return names.toSorted((one, other) => rank(one) - rank(other));
}

function mainOf(folder: string): string | undefined {
  try {
    const read = parsed(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof read !== 'object' || read === null || !('main' in read)) return undefined;
    return String(read.main).replace(/^\.\//, '');
  } catch {
    return undefined;
  }
}
