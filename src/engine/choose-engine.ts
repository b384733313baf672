import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Clock } from '../lib/clock';
import type { ReportProgress } from '../lib/progress';
import { dockerConfigFolder, type EngineChoice, engineHints } from './addresses';
import { Images, type ImagesOptions } from './docker/images/images';
import { type DockerEngineOptions, openDockerEngine } from './docker/open-engine';
import type { Engine } from './engine';

/** The part of the settings that an engine needs. */
export interface EngineSettings
  extends Pick<
      DockerEngineOptions,
      'instance' | 'dataFolder' | 'network' | 'functionNetwork' | 'transport' | 'tlsFolder'
    >,
    Pick<ImagesOptions, 'bases' | 'caFile'>,
    EngineChoice {}

/**
 * Finds the engine and prepares what every sandbox needs. Today every engine speaks Docker's API; an adapter of another
 * kind of engine would be chosen here.
 * @throws {EngineError}
 */
export function openEngine(
  settings: EngineSettings,
  /** Id of this run of lambdock. */
  boot: string,
  warn: (sentence: string) => void,
  report: ReportProgress,
  clock: Clock,
): Promise<Engine> {
  return openDocker(settings, { boot, warn, report, clock }, () => undefined);
}

/**
 * Makes the images of runtimes without starting anything. Resolves to an image with node and npm, from which the
 * emulator's own image can be built.
 * @throws {EngineError}
 */
export async function prepareImages(
  settings: EngineSettings,
  /** Identifiers, e.g. `python3.13`. */
  runtimes: readonly string[],
  report: ReportProgress,
  clock: Clock,
): Promise<string> {
  let making: Promise<string> | undefined;
  const makeAll = async (images: Images) => {
    await Promise.all([...new Set(runtimes)].map((runtime) => images.runtimeImage(runtime, report)));
    return images.packagingImage('nodejs24.x', report);
  };
  // Starts as soon as there is an engine; meanwhile opening waits for the init to be compiled.
  const run = { boot: randomBytes(8).toString('hex'), warn: report, report, clock };
  const engine = await openDocker(settings, run, (images) => {
    making = makeAll(images);
    making.catch(() => undefined);
  });
  try {
    if (making === undefined) throw new Error('The engine was opened without images');
    return await making;
  } finally {
    await engine.close();
  }
}

function openDocker(
  settings: EngineSettings,
  run: Pick<DockerEngineOptions, 'boot' | 'warn' | 'report' | 'clock'>,
  onImages: (images: Images) => void,
): Promise<Engine> {
  const { instance, dataFolder, network, functionNetwork, transport, tlsFolder, bases, caFile } = settings;
  const { host: address, ...hints } = engineHints(settings);
  const options = {
    instance,
    ...run,
    dataFolder,
    hostname: hostname(),
    ...hints,
    transport,
    ...(network !== undefined && { network }),
    ...(functionNetwork !== undefined && { functionNetwork }),
    ...(address !== undefined && { address }),
    ...(tlsFolder !== undefined && { tlsFolder }),
  };
  return openDockerEngine(options, ({ docker, description, labels }) => {
    const images = new Images({
      docker,
      imagesFolder: path.join(__dirname, '..', '..', 'images'),
      dataFolder,
      bases,
      configFolder: dockerConfigFolder(settings),
      architecture: description.architecture,
      clock: run.clock,
      labels,
      ...(caFile !== undefined && { caFile }),
    });
    onImages(images);
    return images;
  });
}
