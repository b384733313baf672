import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Architecture } from '../../aws/architecture';
import { makeReadable, sizeOf } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import { families, type PackageManifest } from '../../runtimes/families';
import { findRuntime } from '../../runtimes/runtimes';
import { type Bundle, BundleError } from '../store/bundle';
import { mergeFolders } from '../store/merge';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type { BuiltLayer, CrateLayer, GeneratedLayer, WantedLayer } from '../template/wanted';
import { compileCrate } from './crate-layer';
import { withLocalPackages } from './local-packages';
import { runMake } from './makefile';

/** A layer to build from a list of packages. */
export interface LayerSource {
  /** The layer is built in this runtime's own image. */
  readonly runtime: string;
  /** Folder with a `requirements.txt` or a `package.json`; it must not change during the build. */
  readonly sourceFolder: string;
  /** Empty folder that receives `python/` or `nodejs/`. */
  readonly targetFolder: string;
  /** Whether development packages are installed too. */
  readonly development?: boolean;
}

/** Builds a layer in the runtime's image. */
export type LayerBuilder = (source: LayerSource, report: ReportProgress) => Promise<void>;

/** Runtime and architecture that a layer is built for. */
export interface LayerTarget {
  readonly runtime: string;
  readonly architecture: Architecture;
}

/** Prepares layers: from a zip, from a folder with the layout of `/opt`, or built from a list of packages. */
export class Layers {
  readonly #store: Store;
  readonly #build: LayerBuilder;

  constructor(store: Store, build: LayerBuilder) {
    this.#store = store;
    this.#build = build;
  }

  /**
   * The layer for functions of one runtime and architecture. A built layer is reused as long as its source is
   * unchanged.
   * @throws {BundleError} and errors of the builder
   */
  async prepare(layer: WantedLayer, target: LayerTarget, report: ReportProgress): Promise<Bundle> {
    if (typeof layer === 'string') return this.#prepareFolder(layer, target, report);
    if (layer.kind === 'built') return this.#prepareBuilt(layer, target, report);
    if (layer.kind === 'crate') return this.#compile(layer, target, report);
    const source = await this.#generate(layer.files);
    const names = Object.keys(layer.files);
    return this.#buildListed(layer.name, source, names, target, report);
  }

  /** The packages that a folder lists, as a layer, with the folder's own modules. */
  packages(
    name: string,
    source: Bundle,
    target: LayerTarget,
    report: ReportProgress,
    development = false,
  ): Promise<Bundle> {
    const { runtime, architecture } = target;
    const suffix = development ? ' development' : '';
    const key = sha256(`built with modules ${source.hash} ${runtime} ${architecture}${suffix}`);
    const build = async (targetFolder: string) => {
      report(`installing the packages of ${name} for ${runtime}`);
      const job = { runtime, sourceFolder: source.folder, targetFolder, ...(development && { development }) };
      await this.#build(job, report).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new BundleError('unsuitable', `The packages of ${name} cannot be installed. ${why}`, { cause });
      });
      await makeReadable(targetFolder);
      return sizeOf(targetFolder);
    };
    return this.#store.make('layers', key, build, [reference('layers', source.hash)]);
  }

  /** Merges layers into one folder; files of a later layer win. A single layer is not copied. */
  async merge(layers: readonly Bundle[]): Promise<Bundle | undefined> {
    if (layers.length <= 1) return layers[0];
    const key = sha256(`merged ${layers.map((layer) => layer.hash).join(' ')}`);
    const merge = async (folder: string) => {
      await mergeFolders(
        layers.map((layer) => layer.folder),
        folder,
      );
      return sizeOf(folder);
    };
    return this.#store.make(
      'opt',
      key,
      merge,
      layers.map(({ hash }) => reference('layers', hash)),
    );
  }

  async #prepareFolder(path: string, target: LayerTarget, report: ReportProgress): Promise<Bundle> {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return this.#store.addZip('layers', path);
    const source = await this.#store.addFolder('layers', path);
    const names = await readdir(source.folder);
    if (families.some(({ packages }) => packages && names.includes(packages.layerFolder))) return source;
    return this.#buildListed(path, source, names, target, report, path);
  }

  /** Built where it lists packages; else as it is. */
  async #buildListed(
    name: string,
    source: Bundle,
    names: readonly string[],
    target: LayerTarget,
    report: ReportProgress,
    folder?: string,
  ): Promise<Bundle> {
    const family = families.find(({ packages }) => packages && names.includes(packages.files[0]));
    if (family?.packages === undefined) return source;
    if (family !== findRuntime(target.runtime)?.family) {
      throw new BundleError(
        'unsuitable',
        `Cannot build the layer ${name} for ${target.runtime}: it lists packages in ${family.packages.files[0]}, which is for other runtimes. ` +
          `Name a layer for ${target.runtime}, or give the folder the layout of /opt.`,
      );
    }
    const [list] = family.packages.files;
    const complete =
      folder === undefined ? source : await withLocalPackages(source, folder, list, this.#store);
    return this.packages(`layer ${basename(name)}`, complete, target, report);
  }

  /** Like `sam build`: packages and the folder's modules go below `python/` or `nodejs/`. */
  async #prepareBuilt(
    { path, build }: BuiltLayer,
    target: LayerTarget,
    report: ReportProgress,
  ): Promise<Bundle> {
    if (build.method === 'makefile') return this.#make(path, build.target, report);
    const named = findRuntime(build.runtime);
    const manifest = named?.family.packages;
    if (manifest === undefined) {
      throw new BundleError(
        'unsuitable',
        `Cannot build the layer ${path} for ${build.runtime}: only Python and Node.js layers can be built. Build it with "sam build" first.`,
      );
    }
    const inner = join(path, manifest.layerFolder);
    const [list] = manifest.files;
    const isListed = async (folder: string) =>
      (await stat(join(folder, list)).catch(() => undefined)) !== undefined;
    const folder = !(await isListed(path)) && (await isListed(inner)) ? inner : path;
    const source = await this.#store.addFolder('layers', folder);
    const runtime = findRuntime(target.runtime)?.family === named?.family ? target.runtime : build.runtime;
    if (await isListed(folder)) {
      const complete = await withLocalPackages(source, folder, list, this.#store);
      return this.packages(`layer ${basename(path)}`, complete, { ...target, runtime }, report);
    }
    return this.#moduleLayer(source, manifest);
  }

  /** A layer of modules without packages, in the folder that the runtime searches. */
  #moduleLayer(source: Bundle, { layerFolder }: PackageManifest): Promise<Bundle> {
    const fill = async (folder: string) => {
      const target = join(folder, layerFolder);
      await mkdir(target);
      const inner = join(source.folder, layerFolder);
      const isInner = (await stat(inner).catch(() => undefined))?.isDirectory() === true;
      await mergeFolders(isInner ? [source.folder, inner] : [source.folder], target);
      await makeReadable(folder);
      return sizeOf(folder);
    };
    return this.#store.make('layers', sha256(`modules ${source.hash} ${layerFolder}`), fill, [
      reference('layers', source.hash),
    ]);
  }

  async #make(path: string, target: string, report: ReportProgress): Promise<Bundle> {
    const source = await this.#store.addFolder('layers', path);
    const fill = async (folder: string) => {
      report(`making ${target}`);
      await runMake({ source: source.folder, target, result: folder });
      await makeReadable(folder);
      return sizeOf(folder);
    };
    return this.#store.make('layers', sha256(`make ${source.hash} ${target}`), fill, [
      reference('layers', source.hash),
    ]);
  }

  async #compile(layer: CrateLayer, target: LayerTarget, report: ReportProgress): Promise<Bundle> {
    const { architecture } = target;
    const source = await this.#generate(layer.files);
    const fill = async (folder: string) => {
      await compileCrate(layer, join(folder, layer.place), architecture, report);
      await mergeFolders([source.folder], folder);
      await makeReadable(folder);
      return sizeOf(folder);
    };
    return this.#store.make('layers', sha256(`crate ${JSON.stringify(layer)} ${architecture}`), fill, [
      reference('layers', source.hash),
    ]);
  }

  #generate(files: GeneratedLayer['files']): Promise<Bundle> {
    return this.#store.make('layers', sha256(`generated ${JSON.stringify(files)}`), async (folder) => {
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
      }
      await makeReadable(folder);
      return sizeOf(folder);
    });
  }
}
