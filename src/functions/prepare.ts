import { stat } from 'node:fs/promises';
import { limits } from '../aws/limits';
import type { Architecture } from '../aws/runtimes';
import { type Bundle, BundleError, type Report } from './bundle';
import { imageCode } from './code-intake';
import type { Layers } from './layers';
import type { Deployable, StoredFolder, ZipCode } from './records';
import type { Store } from './store';
import type { WantedFunction, WantedZip } from './wanted';

/** What preparing a function needs beside the function. */
export interface Workplace {
  readonly store: Store;
  readonly layers: Layers;
  readonly accountId: string;
  /** The engine's: what functions get that do not ask for one. */
  readonly architecture: Architecture;
}

/**
 * Puts a wanted function's code and layers into the store.
 * @throws {BundleError} and whatever the builder of layers throws
 */
export async function prepareFunction(
  wanted: WantedFunction,
  workplace: Workplace,
  report: Report,
): Promise<Deployable> {
  const { accountId, architecture } = workplace;
  if (wanted.architecture !== undefined && wanted.architecture !== architecture) {
    throw new BundleError(
      'unsuitable',
      `It asks for ${wanted.architecture}, but the engine runs ${architecture}; leave the architecture out here.`,
    );
  }
  const settings = {
    description: wanted.description,
    role: `arn:aws:iam::${accountId}:role/lambdock`,
    memorySize: wanted.memoryMiB,
    timeout: wanted.timeoutMs / 1_000,
    ephemeralStorage: wanted.ephemeralStorageMiB,
    ...(Object.keys(wanted.environment).length > 0 && { environment: wanted.environment }),
    architecture,
    layers: [],
    told: {},
  };
  const asked = wanted.package;
  if (asked.kind === 'zip') {
    const { code, opt } = await prepareZip(asked, workplace, report);
    const { runtime, handler } = asked;
    return { settings: { ...settings, runtime, handler, ...(opt && { opt }) }, code };
  }
  const { entryPoint, command, workingDirectory } = asked;
  const imageConfig = {
    ...(entryPoint && { EntryPoint: entryPoint }),
    ...(command && { Command: command }),
    ...(workingDirectory !== undefined && { WorkingDirectory: workingDirectory }),
  };
  return {
    settings: { ...settings, ...(Object.keys(imageConfig).length > 0 && { imageConfig }) },
    code: imageCode(asked.image),
  };
}

async function prepareZip(
  wanted: WantedZip,
  { store, layers, architecture }: Workplace,
  report: Report,
): Promise<{ readonly code: ZipCode; readonly opt?: StoredFolder }> {
  report('reading code');
  const file = await stat(wanted.code).catch(() => undefined);
  const isFile = file?.isFile();
  const code = isFile ? await store.addZip('code', wanted.code) : await store.addFolder('code', wanted.code);
  const prepared: Bundle[] = [];
  for (const path of wanted.layers) {
    report('reading layers');
    prepared.push(await layers.prepare(path, wanted.runtime, architecture, report));
  }
  checkSize([code, ...prepared]);
  const merged = await layers.merge(prepared);
  return {
    code: {
      kind: 'zip',
      hash: code.hash,
      codeSha256: code.codeSha256,
      sizeBytes: isFile && file ? file.size : code.sizeBytes,
      unzippedBytes: code.sizeBytes,
    },
    ...(merged && { opt: { shelf: prepared.length > 1 ? 'opt' : 'layers', hash: merged.hash } }),
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
