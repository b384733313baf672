import { type Connection, Emulator } from './emulator';

/** Says where the page plots a result. A result that lambdock cannot keep is no failure of its command. */
export async function plotted(connection: Connection, result: object): Promise<void> {
  try {
    process.stderr.write(`Plot: ${await new Emulator(connection).keepResult(result)}\n`);
  } catch (error) {
    process.stderr.write(`No plot: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
