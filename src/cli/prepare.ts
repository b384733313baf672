import { engineHints } from '../engine/addresses';
import { systemClock } from '../lib/clock';
import { hostSettings, type Settings } from '../settings';
import type { Flags } from '../settings/resolver';
import { ensureEngine } from './host/engine';
import type { EngineClient } from './host/engine-client';
import { Progress } from './terminal/progress';

export interface Host {
  /** With the address of the engine that was found. */
  readonly settings: Settings;
  readonly engine: EngineClient;
}

export async function prepareEngine(flags: Flags, progress: Progress): Promise<Host> {
  const settings = hostSettings(flags);
  const engine = await ensureEngine(engineHints(settings), progress);
  return { settings: { ...settings, dockerHost: `unix://${engine.socketPath}` }, engine };
}

/** Builds the images of the template's functions; resolves to an image with node and npm, for the emulator's own. */
export async function prepareImages({ settings }: Host, progress: Progress): Promise<string> {
  // Loads the emulator itself, which other commands do not need.
  const { makeImages } = await import('./start.js');
  return progress.task(
    'Images',
    (report) => makeImages(settings, report),
    () => 'ready',
  );
}

export async function prepare(flags: Flags): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  await prepareImages(await prepareEngine(flags, progress), progress);
  return 0;
}
