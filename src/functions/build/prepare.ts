import { stat } from 'node:fs/promises';
import type { Architecture } from '../../aws/architecture';
import { limits } from '../../aws/limits';
import type { ReportProgress } from '../../lib/progress';
import { familyOf } from '../../runtimes/runtimes';
import type { Deployable, StoredFolder, ZipCode } from '../registry/records';
import { type Bundle, BundleError } from '../store/bundle';
import type { Store } from '../store/store';
import type { WantedFunction, WantedLayer, WantedZip } from '../template/wanted';
import type { ArchitectureCheck } from './architecture-check';
import type { CodeBuilder } from './code-builder';
import { debuggerLayers } from './debugger';
import type { Layers } from './layers';
import { completeLogging } from './requested-settings';
import { imageCode } from './uploaded-code';

/** Dependencies of `prepareFunction`. */
export interface BuildContext {
  readonly store: Store;
  readonly layers: Layers;
  readonly builder: CodeBuilder;
  readonly accountId: string;
  /** The engine's architecture, the default of functions. */
  readonly architecture: Architecture;
  readonly checkArchitecture: ArchitectureCheck;
  /** Receives warnings about input that is valid on Lambda but probably a mistake. */
  readonly say: (sentence: string) => void;
  /** The id of the image that has this name now; undefined if the engine has no such image. */
  readonly imageId: (reference: string) => Promise<string | undefined>;
}

/**
 * Puts a wanted function's code and layers into the store.
 * @throws {BundleError} and errors of the layer builder
 */
export async function prepareFunction(
  wanted: WantedFunction,
  workplace: BuildContext,
  report: ReportProgress,
): Promise<Deployable> {
  const { accountId } = workplace;
  const architecture = wanted.architecture ?? workplace.architecture;
  const refusal = workplace.checkArchitecture(wanted.name, architecture);
  if (refusal !== undefined) throw new BundleError('unsuitable', refusal);
  const settings = {
    description: wanted.description,
    role: `arn:aws:iam::${accountId}:role/lambdock`,
    memorySize: wanted.memoryMiB,
    timeout: wanted.timeoutMs / 1_000,
    ephemeralStorage: wanted.ephemeralStorageMiB,
    ...(Object.keys(wanted.environment).length > 0 && { environment: wanted.environment }),
    architecture,
    ...(wanted.debug?.port !== undefined && { debug: { port: wanted.debug.port, wait: wanted.debug.wait } }),
    layers: [],
    storedOnly: {
      ...(wanted.deadLetterTarget !== undefined && {
        DeadLetterConfig: { TargetArn: wanted.deadLetterTarget },
      }),
      ...(wanted.tracing !== undefined && { TracingConfig: { Mode: wanted.tracing } }),
      ...(wanted.snapStart && { SnapStart: { ApplyOn: 'PublishedVersions' } }),
      ...(wanted.logging && { LoggingConfig: completeLogging(wanted.logging) }),
    },
  };
  const asked = wanted.package;
  if (asked.kind === 'zip') {
    const say = (text: string) => workplace.say(`${wanted.name}: ${text}`);
    const needsDebugger = wanted.debug !== undefined && familyOf(asked.runtime)?.debugger === 'debugpy';
    const extra = needsDebugger ? debuggerLayers : [];
    const { code, opt } = await prepareZip(asked, extra, { ...workplace, say }, report);
    const { runtime, handler } = asked;
    return { settings: { ...settings, runtime, handler, ...(opt && { opt }) }, code };
  }
  const { entryPoint, command, workingDirectory } = asked;
  await workplace.builder.buildImage(asked, report);
  const imageConfig = {
    ...(entryPoint && { EntryPoint: entryPoint }),
    ...(command && { Command: command }),
    ...(workingDirectory !== undefined && { WorkingDirectory: workingDirectory }),
  };
  return {
    settings: { ...settings, ...(Object.keys(imageConfig).length > 0 && { imageConfig }) },
    code: imageCode(asked.image, await workplace.imageId(asked.image)),
  };
}

async function prepareZip(
  wanted: WantedZip,
  extra: readonly WantedLayer[],
  workplace: BuildContext,
  report: ReportProgress,
): Promise<{ readonly code: ZipCode; readonly opt?: StoredFolder }> {
  const { store, layers, builder, architecture } = workplace;
  report('reading code');
  const path = typeof wanted.code === 'string' ? wanted.code : undefined;
  const file = path === undefined ? undefined : await stat(path).catch(() => undefined);
  const target = { runtime: wanted.runtime, architecture };
  const code = await builder.build(wanted, target, report);
  const prepared: Bundle[] = [];
  for (const layer of [...wanted.layers, ...extra]) {
    report('reading layers');
    prepared.push(await layers.prepare(layer, target, report));
  }
  for (const bundle of [code, ...prepared]) for (const text of bundle.warnings ?? []) workplace.say(text);
  checkSize([code, ...prepared]);
  const merged = await layers.merge(prepared);
  // A layer build may take longer than the store keeps unreferenced content: `get` marks the content as used.
  for (const [section, { hash }] of [
    ['code', code] as const,
    ...prepared.map((each) => ['layers', each] as const),
  ]) {
    if ((await store.get(section, hash)) === undefined)
      throw new Error(
        'Its code or a layer was removed while it was being prepared. Save a file of it to try again.',
      );
  }
  return {
    code: {
      kind: 'zip',
      hash: code.hash,
      codeSha256: code.codeSha256,
      sizeBytes: file?.isFile() ? file.size : code.sizeBytes,
      unzippedBytes: code.sizeBytes,
    },
    ...(merged && { opt: { section: prepared.length > 1 ? 'opt' : 'layers', hash: merged.hash } }),
  };
}

function checkSize(bundles: readonly Bundle[]): void {
  const sizeBytes = bundles.reduce((sum, bundle) => sum + bundle.sizeBytes, 0);
  if (sizeBytes <= limits.unzippedBytes) return;
  throw new BundleError(
    'too-large',
    `Code and layers must have at most ${limits.unzippedBytes} bytes unzipped, got ${sizeBytes}. ` +
      'Leave out what the function does not need, or package it as an image.',
  );
}
