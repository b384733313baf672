import { type Flags, resolveSettings, type Settings } from '../settings';
import { Emulator } from './emulator';
import { Refusal } from './refusal';
import { findRunning } from './running';

const answerLimitMs = 2_000;

/**
 * Settings for a command that talks to a running lambdock. The endpoint is, in this order: the one that a flag or a
 * variable names; the lambdock that was started for the working directory or a folder above it; the template's port;
 * the default.
 */
export async function connectionSettings(flags: Flags, workingDirectory = process.cwd()): Promise<Settings> {
  const settings = resolveSettings(flags);
  if (settings.isEndpointExplicit) return settings;
  const folder = flags.template === undefined ? workingDirectory : settings.projectFolder;
  const running = findRunning(folder);
  if (running === undefined || running.endpoint === settings.endpoint) return settings;
  const { endpoint } = running;
  return (await answersAs(running.instance, { ...settings, endpoint }))
    ? { ...settings, endpoint }
    : settings;
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
