import { engineHints } from '../engine/addresses';
import { systemClock } from '../lib/clock';
import { hostSettings, type Settings } from '../settings';
import type { Flags } from '../settings/resolver';
import { version } from '../settings/version';
import { Compose, findCompose } from './host/compose';
import { emulatorRepository, emulatorTag, ensureEmulatorImage } from './host/emulator-image';
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

export interface PrepareOptions {
  /** Whether the image of lambdock itself is made as well. */
  readonly emulator?: boolean;
}

export async function prepare(flags: Flags, { emulator = false }: PrepareOptions): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  const host = await prepareEngine(flags, progress);
  const base = await prepareImages(host, progress);
  if (emulator) process.stdout.write(`${await prepareEmulator(host, base, progress)}\n`);
  return 0;
}

/** Makes the image of lambdock itself, and gives it this version as its tag; resolves to its exact name. */
async function prepareEmulator(
  { engine, settings }: Host,
  base: string,
  progress: Progress,
): Promise<string> {
  const tag = await emulatorTag(base);
  await progress.task(
    'Emulator image',
    async (report) => {
      const variables = {
        DOCKER_HOST: `unix://${engine.socketPath}`,
        LAMBDOCK_TAG: tag,
        LAMBDOCK_BASE: base,
      };
      const compose = new Compose(await findCompose(report), 'lambdock', variables);
      const exists = await ensureEmulatorImage(engine, compose, tag, settings.caFile, report);
      await engine.tagImage(`${emulatorRepository}:${tag}`, emulatorRepository, version);
      return exists;
    },
    (exists) => (exists ? 'up to date' : 'built'),
  );
  return `${emulatorRepository}:${tag}`;
}
