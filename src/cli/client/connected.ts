import type { Settings } from '../../settings';
import type { Flags } from '../../settings/resolver';

/** Reads the connection from flags, variables and files; loaded when a command runs. */
export async function connected(flags: Flags): Promise<Settings> {
  return (await import('./connection.js')).connectionSettings(flags);
}
