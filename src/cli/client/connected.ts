import type { Settings } from '../../settings';
import type { Flags } from '../../settings/resolver';

/** Where lambdock runs, as flags, variables and files have it; loaded when a command is chosen. */
export async function connected(flags: Flags): Promise<Settings> {
  return (await import('./connection.js')).connectionSettings(flags);
}
