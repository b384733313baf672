import { clientSettings, resolveSettings, type Settings } from '../../settings';
import type { Flags } from '../../settings/resolver';
import { Emulator } from './emulator';
import { Refusal } from './refusal';
import { findRunning } from './running';

const answerLimitMs = 2_000;

/**
 * Settings for a command that talks to a running lambdock. The endpoint is, in this order: the one that a flag or a
 * variable names; the lambdock that was started for the working directory or a folder above it; the template's port;
 * the default. A template in the middle of an edit matters only where nothing else leads to lambdock.
 */
export async function connectionSettings(flags: Flags, workingDirectory = process.cwd()): Promise<Settings> {
  const settings = clientSettings(flags);
  if (settings.isEndpointExplicit) return settings;
  const folder = flags.template === undefined ? workingDirectory : settings.projectFolder;
  const running = findRunning(folder);
  if (running === undefined) return resolveSettings(flags);
  const { endpoint } = running;
  if (running.endpoint === settings.endpoint) return settings;
  const isSame = await answersAs(running.instance, { ...settings, endpoint });
  return isSame ? { ...settings, endpoint } : resolveSettings(flags);
}

/** After a crash another lambdock may answer at the recorded address. */
async function answersAs(instance: string, settings: Settings): Promise<boolean> {
  try {
    return (await new Emulator(settings, answerLimitMs).health()).instance === instance;
  } catch (error) {
    // One that is still starting refuses with 503, and its own message is the better answer.
    return error instanceof Refusal;
  }
}
