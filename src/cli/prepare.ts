import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/clock';
import { type Flags, resolveSettings, type Settings } from '../settings';
import { seeToEngine } from './host/engine';
import type { EngineHints } from './host/engine-address';
import type { EngineClient } from './host/engine-client';
import { Progress } from './terminal/progress';

/** What stands when everything is made and nothing runs yet. */
export interface Prepared {
  /** With the address of the engine that was found. */
  readonly settings: Settings;
  readonly engine: EngineClient;
  /** An image with node and npm. */
  readonly emulatorBase: string;
}

/** Sees to an engine and makes the images that the template needs. */
export async function prepareHost(flags: Flags, progress: Progress): Promise<Prepared> {
  const given = resolveSettings(flags);
  const engine = await seeToEngine(engineHints(given), progress);
  const settings = { ...given, dockerHost: `unix://${engine.socketPath}` };
  // Loads the emulator itself, which other commands do without.
  const { makeImages } = await import('./start.js');
  const emulatorBase = await progress.task('Images', (report) => makeImages(settings, report));
  return { settings, engine, emulatorBase };
}

export function engineHints({ dockerHost }: Settings): EngineHints {
  return {
    homeFolder: homedir(),
    runtimeFolder: join('/run/user', String(process.getuid?.() ?? 0)),
    ...(dockerHost === undefined ? {} : { host: dockerHost }),
  };
}

export async function prepare(flags: Flags): Promise<number> {
  await prepareHost(flags, new Progress(process.stderr, systemClock));
  return 0;
}
