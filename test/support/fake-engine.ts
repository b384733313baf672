import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Engine,
  type EngineDescription,
  EngineError,
  type ImageStart,
  type LayerBuild,
  type ProcessSpec,
  type Report,
  type SandboxSpec,
} from '../../src/engine/engine';
import { deferred } from '../../src/lib/deferred';
import type { Script } from './fake-process';
import { lambdaRuntime } from './fake-runtime';
import { FakeSandbox } from './fake-sandbox';

/**
 * An engine in this process, without containers. What its sandboxes run is set in its fields, at any time:
 * `runtime` is what the process named `runtime` does, `extensions` what `extension/NAME` does.
 */
export class FakeEngine implements Engine {
  runtime: Script = lambdaRuntime((event) => event);
  extensionScripts: Readonly<Record<string, Script>> = {};
  /** Goes before the two above where it gives a script, for tests that start other processes. */
  program: ((process: ProcessSpec, sandbox: SandboxSpec) => Script | undefined) | undefined;
  /** Images that `functionImage` knows, by reference. */
  readonly images = new Map<string, ImageStart>();
  /** Runtimes that cannot be had, by identifier. */
  readonly unavailableRuntimes = new Set<string>();
  /** Every sandbox ever made, in order. */
  readonly made: FakeSandbox[] = [];
  readonly builtLayers: LayerBuild[] = [];
  /** Sandboxes of earlier boots, which `sweep` removes. */
  readonly orphans = new Set<string>();
  description: EngineDescription = {
    name: 'Fake 1.0',
    architecture: 'x86_64',
    cpus: 2,
    memoryMiB: 16_384,
    cgroupVersion: 2,
  };
  closed = false;
  readonly #living = new Set<FakeSandbox>();
  readonly #failures: EngineError[] = [];
  #hold = Promise.resolve();

  /** Sandboxes that are neither lost nor removed, in order of their making. */
  get sandboxes(): readonly FakeSandbox[] {
    return [...this.#living];
  }

  sandbox(id: string): FakeSandbox {
    const sandbox = this.made.find((each) => each.id === id);
    if (!sandbox) throw new Error(`no sandbox ${id} was made`);
    return sandbox;
  }

  /** The next call of `createSandbox` rejects with this; several queue up. */
  failNextCreation(error = new EngineError('sandbox-failed', 'The sandbox ended at once.')): void {
    this.#failures.push(error);
  }

  /** Calls of `createSandbox` from now on wait until the returned function is called. */
  holdCreation(): () => void {
    const { promise, resolve } = deferred<void>();
    this.#hold = promise;
    return () => resolve();
  }

  async describe(): Promise<EngineDescription> {
    return this.description;
  }

  async runtimeImage(runtime: string, report: Report): Promise<ImageStart> {
    if (this.unavailableRuntimes.has(runtime)) {
      throw new EngineError('runtime-unavailable', `No base offers ${runtime}.`);
    }
    report(`image of ${runtime}`, 1);
    return {
      image: `lambdock/${runtime}:fake`,
      entryPoint: ['/var/runtime/bootstrap'],
      command: [],
      workingDirectory: '/var/task',
      environment: {},
    };
  }

  async functionImage(reference: string): Promise<ImageStart> {
    const image = this.images.get(reference);
    if (!image) throw new EngineError('image-missing', `There is no image ${reference}.`);
    return image;
  }

  async buildLayer(build: LayerBuild, report: Report): Promise<void> {
    this.builtLayers.push(build);
    const folder = join(build.targetFolder, build.runtime.startsWith('python') ? 'python' : 'nodejs');
    await mkdir(folder);
    await writeFile(join(folder, 'built-from'), build.sourceFolder);
    report('built', 1);
  }

  async createSandbox(spec: SandboxSpec): Promise<FakeSandbox> {
    if (this.made.some(({ id }) => id === spec.id)) {
      throw new EngineError('refused', `There was a sandbox ${spec.id} before.`);
    }
    const failure = this.#failures.shift();
    const sandbox = new FakeSandbox(spec, {
      programOf: (process) => this.#programOf(process, spec),
      extensions: Object.keys(this.extensionScripts),
      removed: (gone) => this.#living.delete(gone),
    });
    await this.#hold;
    if (failure) throw failure;
    this.made.push(sandbox);
    this.#living.add(sandbox);
    return sandbox;
  }

  async sweep(): Promise<number> {
    const { size } = this.orphans;
    this.orphans.clear();
    return size;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #programOf(process: ProcessSpec, sandbox: SandboxSpec): Script | undefined {
    const own = this.program?.(process, sandbox);
    if (own) return own;
    if (process.name === 'runtime') return this.runtime;
    return process.name.startsWith('extension/')
      ? this.extensionScripts[process.name.slice('extension/'.length)]
      : undefined;
  }
}
