import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Architecture } from '../../aws/architecture';
import { makeReadable, sizeOf } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import { families } from '../../runtimes/families';
import { findRuntime } from '../../runtimes/runtimes';
import { type Bundle, BundleError } from '../store/bundle';
import { mergeFolders } from '../store/merge';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type { GeneratedLayer } from '../template/wanted';

/** A layer to be made from a list of packages. */
export interface LayerSource {
  /** The layer is built in this runtime's own image. */
  readonly runtime: string;
  /** Folder with a `requirements.txt` or a `package.json`, which does not change meanwhile. */
  readonly sourceFolder: string;
  /** Empty folder that receives `python/` or `nodejs/`. */
  readonly targetFolder: string;
}

/** Whoever has the runtime's image at hand. */
export type LayerBuilder = (source: LayerSource, report: ReportProgress) => Promise<void>;

/** Layers: from a zip, from a folder that is laid out as `/opt`, or built from a list of packages. */
export class Layers {
  readonly #store: Store;
  readonly #build: LayerBuilder;

  constructor(store: Store, build: LayerBuilder) {
    this.#store = store;
    this.#build = build;
  }

  /**
   * The layer of a path, for functions of one runtime and architecture. A built one is kept for as long as its
   * source stays the same.
   * @throws {BundleError} and whatever the builder throws
   */
  async prepare(
    path: string,
    runtime: string,
    architecture: Architecture,
    report: ReportProgress,
  ): Promise<Bundle> {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return this.#store.addZip('layers', path);
    const source = await this.#store.addFolder('layers', path);
    const names = await readdir(source.folder);
    if (families.some(({ packages }) => packages && names.includes(packages.layerFolder))) return source;
    const family = families.find(({ packages }) => packages && names.includes(packages.files[0]));
    if (family?.packages === undefined) return source;
    if (family !== findRuntime(runtime)?.family) {
      throw new BundleError(
        'unsuitable',
        `${path} holds a ${family.packages.files[0]}, from which no layer for ${runtime} can be built; ` +
          `name a layer for ${runtime}, or lay the folder out as it is to be below /opt.`,
      );
    }
    const key = sha256(`built ${source.hash} ${runtime} ${architecture}`);
    const build = async (targetFolder: string) => {
      const name = basename(path);
      report(`building layer ${name} for ${runtime}`);
      const reportStep: ReportProgress = (step, fraction) =>
        report(`building layer ${name} for ${runtime}: ${step}`, fraction);
      await this.#build({ runtime, sourceFolder: source.folder, targetFolder }, reportStep);
      await makeReadable(targetFolder);
      return sizeOf(targetFolder);
    };
    return this.#store.make('layers', key, build, [reference('layers', source.hash)]);
  }

  /** A folder with a layer's files, of which it may be built. */
  generate({ files }: GeneratedLayer): Promise<Bundle> {
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

  /** One folder with all the layers' files, a later layer's before an earlier one's. Of one layer it is its own. */
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
}
