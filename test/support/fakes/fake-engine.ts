import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Engine,
  type EngineDescription,
  EngineError,
  type ImageBuild,
  type ImageStart,
  type LayerBuild,
  type ProcessSpec,
  type SandboxSpec,
} from '../../../src/engine/engine';
import { deferred } from '../../../src/lib/deferred';
import { sha256 } from '../../../src/lib/hash';
import type { ReportProgress } from '../../../src/lib/progress';
import type { Script } from './fake-process';
import { lambdaRuntime } from './fake-runtime';
import { FakeSandbox } from './fake-sandbox';

/** What several boots of one instance share: the sandboxes that live, each with its boot. */
export class FakeHost {
  readonly boots = new Map<FakeSandbox, string>();
}

/**
 * An engine in this process, without containers. What its sandboxes run is set in its fields, at any time:
 * `runtime` is what the process named `runtime` does, `extensions` what `extension/NAME` does.
 */
export class FakeEngine implements Engine {
  runtime: Script = lambdaRuntime((event) => event);
  extensionScripts: Readonly<Record<string, Script>> = {};
  /** Goes before the two above where it gives a script, for tests that start other processes. */
  program: ((process: ProcessSpec, sandbox: FakeSandbox) => Script | undefined) | undefined;
  /** Images that `functionImage` knows, by reference. */
  readonly images = new Map<string, ImageStart>();
  /** Runtimes that cannot be had, by identifier. */
  readonly unavailableRuntimes = new Set<string>();
  /** What images of runtimes wait for. */
  imagesReady: Promise<unknown> = Promise.resolve();
  /** Every sandbox ever made, in order. */
  readonly made: FakeSandbox[] = [];
  readonly builtLayers: LayerBuild[] = [];
  /** Working directories that images do not have. */
  readonly missingFolders = new Set<string>();
  description: EngineDescription = {
    name: 'Fake 1.0',
    architecture: 'x86_64',
    cpus: 2,
    memoryMiB: 16_384,
    cgroupVersion: 2,
    ownNames: [],
    slots: true,
  };
  readonly sandboxAddresses = new Set<string>();
  /** What `keepCopies` was called with last. */
  keptCopies: ReadonlySet<string> = new Set();
  closed = false;
  readonly #host: FakeHost;
  readonly #boot: string;
  readonly #failures: EngineError[] = [];
  readonly #imageListeners = new Set<() => void>();
  #hold = Promise.resolve();

  constructor({ host = new FakeHost(), boot = 'boot' } = {}) {
    this.#host = host;
    this.#boot = boot;
  }

  /** Sandboxes that are neither lost nor removed, in order of their making. */
  get sandboxes(): readonly FakeSandbox[] {
    return this.made.filter(({ alive }) => alive);
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

  async runtimeImage(runtime: string, report: ReportProgress): Promise<ImageStart> {
    if (this.unavailableRuntimes.has(runtime)) {
      throw new EngineError('runtime-unavailable', `No base offers ${runtime}.`);
    }
    await this.imagesReady;
    report(`image of ${runtime}`, 1);
    return {
      image: `lambdock/${runtime}:fake`,
      entryPoint: ['/var/runtime/bootstrap'],
      command: [],
      workingDirectory: '/var/task',
      environment: {},
    };
  }

  async imageId(reference: string): Promise<string | undefined> {
    return this.images.get(reference)?.image;
  }

  onImageChange(listener: () => void): () => void {
    this.#imageListeners.add(listener);
    return () => this.#imageListeners.delete(listener);
  }

  /** Gives a name to an image, or takes it away, as a build would. */
  tag(reference: string, image: ImageStart | undefined): void {
    if (image === undefined) this.images.delete(reference);
    else this.images.set(reference, image);
    for (const listener of this.#imageListeners) listener();
  }

  async functionImage(reference: string): Promise<ImageStart> {
    const image =
      this.images.get(reference) ?? [...this.images.values()].find((each) => each.image === reference);
    if (!image) throw new EngineError('image-missing', `There is no image ${reference}.`);
    return image;
  }

  /** Builds that were asked for; an image is called after its Dockerfile's text. */
  readonly builtImages: ImageBuild[] = [];

  async buildImage(build: ImageBuild): Promise<void> {
    this.builtImages.push(build);
    const image = `sha256:${sha256(await readFile(build.dockerfile))}`;
    this.tag(build.image, { image, entryPoint: [], command: [], workingDirectory: '/', environment: {} });
  }

  async buildLayer(build: LayerBuild, report: ReportProgress): Promise<void> {
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
      programOf: (process, of) => this.#programOf(process, of),
      extensions: Object.keys(this.extensionScripts),
      hasFolder: (path) => !this.missingFolders.has(path),
      removed: (gone) => this.#host.boots.delete(gone),
    });
    await this.#hold;
    if (failure) throw failure;
    this.made.push(sandbox);
    this.#host.boots.set(sandbox, this.#boot);
    return sandbox;
  }

  async keepCopies(folders: ReadonlySet<string>): Promise<void> {
    this.keptCopies = folders;
  }

  async sweep(living: () => ReadonlySet<string> = () => new Set()): Promise<number> {
    const left = [...this.#host.boots].filter(([, boot]) => boot !== this.#boot && !living().has(boot));
    for (const [sandbox] of left) sandbox.kill('the container was removed');
    return left.length;
  }

  async isSandboxAddress(address: string): Promise<boolean> {
    return this.sandboxAddresses.has(address);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #programOf(process: ProcessSpec, sandbox: FakeSandbox): Script | undefined {
    const own = this.program?.(process, sandbox);
    if (own) return own;
    if (process.name === 'runtime') return this.runtime;
    return process.name.startsWith('extension/')
      ? this.extensionScripts[process.name.slice('extension/'.length)]
      : undefined;
  }
}
