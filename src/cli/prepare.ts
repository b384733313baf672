import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/clock';
import { type Flags, hostSettings, type Settings } from '../settings';
import { seeToEngine } from './host/engine';
import type { EngineHints } from './host/engine-address';
import type { EngineClient } from './host/engine-client';
import { Progress } from './terminal/progress';

export interface Host {
  /** With the address of the engine that was found. */
  readonly settings: Settings;
  readonly engine: EngineClient;
}

export async function prepareEngine(flags: Flags, progress: Progress): Promise<Host> {
  const settings = hostSettings(flags);
  const engine = await seeToEngine(engineHints(settings), progress);
  return { settings: { ...settings, dockerHost: `unix://${engine.socketPath}` }, engine };
}

/** Makes what the template's functions run in; resolves to an image with node and npm, for the emulator's own. */
export async function prepareImages({ settings }: Host, progress: Progress): Promise<string> {
  // Loads the emulator itself, which other commands do without.
  const { makeImages } = await import('./start.js');
  return progress.task(
    'Images',
    (report) => makeImages(settings, report),
    () => 'ready',
  );
}

export function engineHints({ dockerHost }: Settings): EngineHints {
  return {
    homeFolder: homedir(),
    runtimeFolder: join('/run/user', String(process.getuid?.() ?? 0)),
    ...(dockerHost === undefined ? {} : { host: dockerHost }),
  };
}

export async function prepare(flags: Flags): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  await prepareImages(await prepareEngine(flags, progress), progress);
  return 0;
}
