import { type Connection, Emulator } from '../client/emulator';

/** Prints the address of the page. */
export async function ui(connection: Connection): Promise<number> {
  process.stdout.write(`${await new Emulator(connection).page()}\n`);
  return 0;
}
