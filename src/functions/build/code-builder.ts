import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeReadable, removeFolder, sizeOf } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import { findRuntime } from '../../runtimes/runtimes';
import type { Bundle } from '../store/bundle';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type {
  CompiledBuild,
  EsbuildBuild,
  InlineCode,
  WantedImage,
  WantedImageBuild,
  WantedZip,
} from '../template/wanted';
import { compile } from './compiled';
import { Esbuild } from './esbuild';
import { filesOf } from './inline-code';
import type { Layers, LayerTarget } from './layers';
import { withLocalPackages } from './local-packages';
import { runMake } from './makefile';
import { isInstalled, nearestFile } from './node-project';
import { packageSource, withPackages } from './own-packages';
import { Turns } from './turns';

export interface CodeBuilderOptions {
  readonly store: Store;
  readonly layers: Layers;
  /** lambdock's folder for programs and temporary files. */
  readonly folder: string;
  /** PEM file with authorities that downloads have to trust. */
  readonly caFile?: string;
  /** Builds an image with the engine. */
  readonly buildImage: (build: ImageBuild, report: ReportProgress) => Promise<void>;
}

/** An image to be built, as the engine takes it. */
type ImageBuild = WantedImageBuild & { readonly image: string };

/** Puts a function's code into the store; builds it from its folder if the template says so. */
export class CodeBuilder {
  readonly #options: CodeBuilderOptions;
  readonly #esbuild: Esbuild;
  /** Builds one at a time, since esbuild uses all cores. */
  readonly #turns = new Turns();

  constructor(options: CodeBuilderOptions) {
    this.#options = options;
    this.#esbuild = new Esbuild(join(options.folder, 'programs'), options.caFile);
  }

  /** @throws {BundleError} and whatever the builder of layers throws */
  async build(
    { code, build }: Pick<WantedZip, 'code' | 'build'>,
    target: LayerTarget,
    report: ReportProgress,
  ): Promise<Bundle> {
    const { store } = this.#options;
    if (typeof code !== 'string') return this.#inline(code);
    const found = await stat(code).catch(() => undefined);
    if (found?.isFile()) return store.addZip('code', code);
    if (build?.method === 'esbuild') return this.#bundle(code, build, target, report);
    if (build !== undefined && 'handler' in build) return this.#compile(code, build, target, report);
    const bundle = await store.addFolder('code', code);
    if (build === undefined) return bundle;
    if (build.method === 'packages') return withPackages(bundle, code, target, this.#options, report);
    const fill = async (folder: string) => {
      report(`making ${build.target}`);
      await runMake({ source: bundle.folder, target: build.target, result: folder });
      await makeReadable(folder);
      return sizeOf(folder);
    };
    return store.make('code', sha256(`make ${bundle.hash} ${build.target}`), fill, [
      reference('code', bundle.hash),
    ]);
  }

  /** Builds a function's image if its template has a build. */
  async buildImage({ image, build }: WantedImage, report: ReportProgress): Promise<void> {
    if (build !== undefined) await this.#options.buildImage({ ...build, image }, report);
  }

  async #bundle(
    source: string,
    build: EsbuildBuild,
    target: LayerTarget,
    report: ReportProgress,
  ): Promise<Bundle> {
    const modules = await this.#modules(source, target, report);
    // Always builds: bundled files may be outside of the folder, and bundling is faster than checking for changes.
    return this.#turns.take(async () => {
      const folder = join(this.#options.folder, 'bundles', sha256(JSON.stringify([source, build, target])));
      await removeFolder(folder);
      await mkdir(folder, { recursive: true });
      try {
        const job = { build, source, target: folder, ...(modules !== undefined && { modules }) };
        await this.#esbuild.bundle(job, report);
        return await this.#options.store.addFolder('code', folder);
      } finally {
        await removeFolder(folder);
      }
    });
  }

  /** Always, as bundles are: compilers know best what has changed. */
  async #compile(
    source: string,
    { method, handler }: CompiledBuild,
    { architecture }: LayerTarget,
    report: ReportProgress,
  ): Promise<Bundle> {
    return this.#turns.take(async () => {
      const folder = join(this.#options.folder, 'bundles', sha256(JSON.stringify([source, method, handler])));
      await removeFolder(folder);
      await mkdir(folder, { recursive: true });
      try {
        report(`building with ${method}`);
        const cache = join(this.#options.folder, 'compiled');
        await compile({ method, handler, name: source, source, target: folder, cache, architecture });
        return await this.#options.store.addFolder('code', folder);
      } finally {
        await removeFolder(folder);
      }
    });
  }

  /** Packages of the project, where they are not installed beside it. */
  async #modules(source: string, target: LayerTarget, report: ReportProgress): Promise<string | undefined> {
    const manifest = nearestFile(source, 'package.json');
    if (manifest === undefined || isInstalled(manifest)) return undefined;
    const { store, layers } = this.#options;
    const folder = dirname(manifest);
    const lists = await packageSource(
      folder,
      findRuntime(target.runtime)?.family.packages?.files ?? [],
      store,
    );
    const complete = await withLocalPackages(lists, folder, 'package.json', store, true);
    const built = await layers.packages(manifest, complete, target, report, true);
    return join(built.folder, 'nodejs', 'node_modules');
  }

  #inline(code: InlineCode): Promise<Bundle> {
    const files = [...filesOf(code)];
    return this.#options.store.make('code', sha256(`inline ${JSON.stringify(files)}`), async (folder) => {
      for (const [path, text] of files) {
        const file = join(folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      await makeReadable(folder);
      return sizeOf(folder);
    });
  }
}
