import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf } from '../../lib/errno';
import {
  moveIntoPlace,
  removeFolder,
  sweepTemporary,
  temporaryName,
  writeAtomically,
  writeDurably,
} from '../../lib/files';
import { hexToBase64, sha256 } from '../../lib/hash';
import { type Bundle, BundleError } from './bundle';
import { type BundleMetadata, readBundleMetadata } from './bundle-metadata';
import { EarlierCopies } from './earlier-copies';
import { Fingerprints } from './fingerprints';
import { copyEntries, type FolderCopy, listFolder } from './folder';
import { zipFolder } from './folder-zip';
import { prune, type Wanted } from './prune';
import { SharedTurns } from './shared-turns';
import { type StoreSection, storeSections } from './store-sections';
import { unmark } from './unused-marks';
import { unpackZip } from './zip';

/** Zips up to this size are read into memory, which takes a tenth of the time if they have many files. */
const zipInMemoryBytes = 67_108_864;

/**
 * Unpacked code and layers by the hash of their content, below `store/` in the data folder. An item with a hash is
 * complete and never changes: it is made under a temporary name and then renamed, so that neither a crash nor a second
 * writer leaves a partial item.
 */
export class Store {
  readonly #folder: string;
  readonly #fingerprints: Fingerprints;
  readonly #earlier = new EarlierCopies();
  readonly #underWay = new Map<string, Promise<Bundle>>();
  readonly #turns = new SharedTurns<Bundle>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#fingerprints = new Fingerprints(join(folder, 'index.json'));
  }

  /**
   * Opens the store in a data folder; creates it if needed. If this process is `alone`, it removes temporary files of
   * crashed processes; it cannot see whether processes in other containers live.
   */
  static async open(dataFolder: string, { alone = true } = {}): Promise<Store> {
    const folder = join(dataFolder, 'store');
    const folders = [folder, ...[...storeSections, 'zips'].map((each) => join(folder, each))];
    for (const each of folders) {
      await mkdir(each, { recursive: true });
      if (alone) await sweepTemporary(each);
    }
    return new Store(folder);
  }

  /**
   * Copies a folder into the store unless its content is already there. An unchanged folder is recognized by its files'
   * times and sizes.
   * @throws {BundleError} if it does not exist, is empty or is too large
   */
  addFolder(section: StoreSection, path: string): Promise<Bundle> {
    // Many functions of one template have the same code or layer.
    return this.#turns.take(`${section} ${path}`, () => this.#addFolder(section, path));
  }

  async #addFolder(section: StoreSection, path: string): Promise<Bundle> {
    const begun = Date.now();
    const entries = await listFolder(path, join(this.#folder, '..'));
    const print = sha256(
      entries.map((entry) => `${entry.path}\0${entry.kind}\0${entry.stamp}\0${entry.target}`).join('\n'),
    );
    const known = await this.#known(section, path, print);
    if (known !== undefined) return known;
    return this.#once(`folder ${path} ${print}`, async () => {
      const source = `${section} ${path}`;
      let copy: FolderCopy | undefined;
      const bundle = await this.#fill(section, async (folder) => {
        copy = await copyEntries(entries, folder, this.#earlier.get(source)).catch((error: unknown) => {
          throw unreadable(path, error);
        });
        const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
        return { hash: copy.hash, sizeBytes, codeSha256: hexToBase64(copy.hash) };
      });
      if (copy) this.#earlier.remember(source, bundle.folder, copy, entries, begun);
      const changedMs = entries.reduce((latest, entry) => Math.max(latest, entry.changedMs), 0);
      await this.#fingerprints.remember(source, { print, hash: bundle.hash }, changedMs, begun);
      return bundle;
    });
  }

  /**
   * Unpacks a zip, given as a path or as bytes, unless its content is already in the store.
   * @throws {BundleError} if it does not exist, or is damaged, unsafe, empty or too large
   */
  async addZip(section: StoreSection, zip: string | Buffer): Promise<Bundle> {
    if (typeof zip !== 'string') return this.#addZip(section, zip, 'the zip', sha256(zip));
    const begun = Date.now();
    const file = await open(zip).catch((error: unknown) => {
      throw unreadable(zip, error);
    });
    try {
      const stats = await file.stat({ bigint: true });
      const print = sha256(`${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`);
      const known = await this.#known(section, zip, print);
      if (known !== undefined) return known;
      const bundle = await this.#addOpen(section, file, Number(stats.size), basename(zip));
      await this.#fingerprints.remember(
        `${section} ${zip}`,
        { print, hash: bundle.hash },
        Number(stats.ctimeMs),
        begun,
      );
      return bundle;
    } finally {
      await file.close();
    }
  }

  /**
   * Returns the item with this key; `fill` makes it if it does not exist. The key is 64 hex digits that identify all
   * inputs. Parallel calls share one `fill`, which gets an empty folder and resolves to the content's size in bytes.
   * The items in `from` are kept as long as this one.
   */
  async make(
    section: StoreSection,
    key: string,
    fill: (folder: string, warn: (text: string) => void) => Promise<number>,
    from: readonly string[] = [],
  ): Promise<Bundle> {
    return this.#once(`${section} ${key}`, async () => {
      const known = await this.get(section, key);
      if (known !== undefined) return known;
      return this.#fill(section, async (folder) => {
        const warnings: string[] = [];
        const sizeBytes = await fill(folder, (text) => warnings.push(text));
        return {
          hash: key,
          sizeBytes,
          codeSha256: hexToBase64(key),
          ...(from.length > 0 && { from }),
          ...(warnings.length > 0 && { warnings }),
        };
      });
    });
  }

  /**
   * Stores a zip unchanged, for downloads and for `restore`. It is on disk when this resolves. Resolves to its hash in
   * hex, which is also the hash of the bundle that `addZip` makes of it.
   */
  async keepZip(zip: Buffer): Promise<string> {
    const hash = sha256(zip);
    const path = this.keptZip(hash);
    await unmark(path);
    if (!existsSync(path)) await writeDurably(path, zip);
    return hash;
  }

  /** Path of a stored zip. */
  keptZip(hash: string): string {
    return join(this.#folder, 'zips', `${hash}.zip`);
  }

  /**
   * Path of a zip of the code with this hash, for a download: the stored zip, or one that is made of the folder.
   * Undefined if there is no such code.
   */
  async zipFile(hash: string): Promise<string | undefined> {
    const kept = this.keptZip(hash);
    if (existsSync(kept)) return kept;
    const made = join(this.#folder, 'zips', `folder-${hash}.zip`);
    const bundle = existsSync(made) ? undefined : await this.get('code', hash);
    if (bundle) await writeDurably(made, (await zipFolder(bundle.folder, false)).zip);
    return existsSync(made) ? made : undefined;
  }

  /** Folder of the item with this hash. */
  folder(section: StoreSection, hash: string): string {
    return join(this.#folder, section, hash);
  }

  /** Unpacks a stored zip again if its bundle is missing. */
  async restore(section: StoreSection, hash: string): Promise<void> {
    if ((await this.get(section, hash)) === undefined && existsSync(this.keptZip(hash)))
      await this.addZip(section, this.keptZip(hash));
  }

  /** See `prune`. */
  prune(wanted: () => Wanted, nowMs: number, graceMs: number): Promise<readonly number[]> {
    return prune(this.#folder, wanted, nowMs, graceMs);
  }

  /** The bundle with this hash, if it exists. */
  async get(section: StoreSection, hash: string): Promise<Bundle | undefined> {
    const folder = join(this.#folder, section, hash);
    await unmark(folder);
    const there = await lstat(folder).catch(() => undefined);
    if (!there?.isDirectory()) return undefined;
    const metadata = await readBundleMetadata(`${folder}.json`);
    return metadata && bundleOf(hash, folder, metadata);
  }

  async #addOpen(section: StoreSection, file: FileHandle, sizeBytes: number, name: string): Promise<Bundle> {
    if (sizeBytes <= zipInMemoryBytes) {
      const bytes = await file.readFile();
      return this.#addZip(section, bytes, name, sha256(bytes));
    }
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
    return this.#addZip(section, file.fd, name, hash.digest('hex'));
  }

  #addZip(section: StoreSection, zip: number | Buffer, name: string, hash: string): Promise<Bundle> {
    return this.make(section, hash, (folder, warn) => unpackZip(zip, name, folder, warn));
  }

  async #known(section: StoreSection, path: string, print: string): Promise<Bundle | undefined> {
    const hash = await this.#fingerprints.hash(`${section} ${path}`, print);
    return hash === undefined ? undefined : this.get(section, hash);
  }

  async #fill(
    section: StoreSection,
    fill: (folder: string) => Promise<BundleMetadata & { readonly hash: string }>,
  ): Promise<Bundle> {
    const temporary = temporaryName(join(this.#folder, section));
    await mkdir(temporary);
    try {
      const { hash, ...metadata } = await fill(temporary);
      const folder = join(this.#folder, section, hash);
      await unmark(folder);
      // Before the folder: without metadata the folder would not be found.
      await writeAtomically(`${folder}.json`, JSON.stringify(metadata));
      await moveIntoPlace(temporary, folder);
      return bundleOf(hash, folder, metadata);
    } catch (error) {
      await removeFolder(temporary);
      throw error;
    }
  }

  #once(key: string, work: () => Promise<Bundle>): Promise<Bundle> {
    const running = this.#underWay.get(key) ?? work().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, running);
    return running;
  }
}

function bundleOf(hash: string, folder: string, { sizeBytes, codeSha256, warnings }: BundleMetadata): Bundle {
  return { hash, folder, sizeBytes, codeSha256, ...(warnings && { warnings }) };
}

function unreadable(path: string, error: unknown): BundleError {
  if (error instanceof BundleError) return error;
  return new BundleError('missing', `${path} cannot be read (${errnoOf(error) ?? String(error)}).`, {
    cause: error,
  });
}
