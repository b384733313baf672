import { runChild } from '../../lib/child';
import { errnoOf } from '../../lib/errno';
import { LastLines } from '../../lib/text/last-lines';
import { BundleError } from '../store/bundle';

export interface HostProgram {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Variables beside lambdock's own. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Begins the error's message: `orders cannot be built with esbuild`. */
  readonly failure: string;
  /** Ends the message if the program was not found. */
  readonly remedy: string;
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program on lambdock's host and waits for its exit.
 * @throws {BundleError} with the last lines of its output if it fails
 */
export async function runHostProgram(program: HostProgram): Promise<void> {
  const { command, folder, variables = {}, failure, remedy, onLine } = program;
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const last = new LastLines();
  const missing = (cause?: unknown) =>
    new BundleError('unsuitable', `${failure}: ${command} was not found in PATH. ${remedy}`, { cause });
  const code = await runChild({
    command: pairs.length === 0 ? command : 'env',
    arguments: pairs.length === 0 ? program.arguments : [...pairs, command, ...program.arguments],
    folder,
    onLine: (line) => {
      last.push(line);
      onLine?.(line);
    },
  }).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw missing(error);
  });
  if (code === 127 && /^\s*env: /m.test(`${last}`)) throw missing();
  if (code !== 0) throw new BundleError('unsuitable', `${failure}:${last}`);
}
