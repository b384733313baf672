import { stat } from 'node:fs/promises';
import { formatFunctionArn } from '../aws/arn';
import { limits } from '../aws/limits';
import type { Architecture } from '../aws/runtimes';
import { sha256 } from '../lib/hash';
import { type Bundle, BundleError, type Report } from './bundle';
import type { FunctionVersion, ZipPackage } from './function-version';
import type { Layers } from './layers';
import type { Store } from './store';
import type { WantedFunction, WantedZip } from './wanted';

/** What preparing a function needs beside the function. */
export interface Workplace {
  readonly store: Store;
  readonly layers: Layers;
  readonly region: string;
  readonly accountId: string;
  /** The engine's: what functions get that do not ask for one. */
  readonly architecture: Architecture;
}

/**
 * Puts a wanted function's code and layers into the store and makes its `$LATEST` from them.
 * @throws {BundleError} and whatever the builder of layers throws
 */
export async function prepareVersion(
  wanted: WantedFunction,
  workplace: Workplace,
  report: Report,
): Promise<FunctionVersion> {
  const { region, accountId, architecture } = workplace;
  if (wanted.architecture !== undefined && wanted.architecture !== architecture) {
    throw new BundleError(
      'unsuitable',
      `It asks for ${wanted.architecture}, but the engine runs ${architecture}; leave the architecture out here.`,
    );
  }
  const asked = wanted.package;
  const made =
    asked.kind === 'zip' ? await prepareZip(asked, workplace, report) : { package: asked, content: asked };
  const settings = {
    functionName: wanted.name,
    version: '$LATEST',
    functionArn: formatFunctionArn({ region, accountId, functionName: wanted.name }),
    architecture,
    memoryMiB: wanted.memoryMiB,
    timeoutMs: wanted.timeoutMs,
    ephemeralStorageMiB: wanted.ephemeralStorageMiB,
    environment: wanted.environment,
  };
  return Object.freeze({
    ...settings,
    package: made.package,
    description: wanted.description,
    revision: sha256(JSON.stringify([settings, made.content])),
  });
}

/** A package, and what stands for its content: where the store lies makes no difference to an environment. */
interface Made {
  readonly package: ZipPackage;
  readonly content: unknown;
}

async function prepareZip(wanted: WantedZip, workplace: Workplace, report: Report): Promise<Made> {
  const { store, layers, architecture } = workplace;
  const { runtime, handler } = wanted;
  report('reading code');
  const isFile = (await stat(wanted.code).catch(() => undefined))?.isFile();
  const code = isFile ? await store.addZip('code', wanted.code) : await store.addFolder('code', wanted.code);
  const prepared: Bundle[] = [];
  for (const path of wanted.layers) {
    report('reading layers');
    prepared.push(await layers.prepare(path, runtime, architecture, report));
  }
  checkSize([code, ...prepared]);
  const merged = await layers.merge(prepared);
  return {
    package: {
      kind: 'zip',
      runtime,
      handler,
      codeFolder: code.folder,
      codeSha256: code.codeSha256,
      ...(merged !== undefined && { layersFolder: merged.folder }),
    },
    content: ['zip', runtime, handler, code.hash, merged?.hash],
  };
}

function checkSize(bundles: readonly Bundle[]): void {
  const sizeBytes = bundles.reduce((sum, bundle) => sum + bundle.sizeBytes, 0);
  if (sizeBytes <= limits.unzippedBytes) return;
  throw new BundleError(
    'too-large',
    `Code and layers have ${sizeBytes} bytes unzipped; allowed are at most ${limits.unzippedBytes}. ` +
      'Leave out what the function does not need, or package it as an image.',
  );
}
