import { clientSettings, resolveSettings, type Settings } from '../../settings';
import type { Flags } from '../../settings/resolver';
import { Emulator } from './emulator';
import { Refusal } from './refusal';
import { findRunning } from './running';

const answerLimitMs = 2_000;

/**
 * Settings for a command that connects to a running lambdock. The endpoint is the first of these: a flag or variable;
 * the lambdock started for the working directory or a parent folder; the template's port; the default. Errors in the
 * template are reported only if its port is needed.
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
    // A starting lambdock refuses with 503, and its message is more useful.
    return error instanceof Refusal;
  }
}
