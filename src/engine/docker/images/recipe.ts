import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { ArchiveEntry } from './archive';

/** An image in a registry, by its reference. */
export interface RegistryImage {
  readonly kind: 'registry';
  readonly reference: string;
}

/** A Debian base made by `images/debian/make-base.sh`. */
export interface DebianBase {
  readonly kind: 'debian';
  readonly suite: 'bullseye' | 'bookworm' | 'trixie' | 'forky';
}

/** An image that is built from a Dockerfile. */
export interface Recipe {
  readonly kind: 'recipe';
  /** The image becomes `lambdock/NAME:HASH`. */
  readonly name: string;
  /** Path of the Dockerfile in the images folder. */
  readonly dockerfile: string;
  /** Files and folders of the images folder that the Dockerfile copies. */
  readonly sources: readonly string[];
  /** Filter of the files in `sources`. Default: all files. */
  readonly includes?: (path: string) => boolean;
  /** Build arguments. An image is made first and replaced by its reference. */
  readonly arguments: Readonly<Record<string, string | ImagePlan>>;
  /** npm packages, `NAME@VERSION`. The Dockerfile finds them in `packages/` as `NAME-VERSION.tgz`. */
  readonly packages?: readonly string[];
}

export type ImagePlan = RegistryImage | DebianBase | Recipe;

const all = () => true;

/** Hashes the names, kinds and contents of all files, but not times or owners. */
async function hashFiles(
  hash: ReturnType<typeof createHash>,
  name: string,
  place: string,
  includes: (path: string) => boolean,
): Promise<void> {
  const stats = await lstat(place);
  if (stats.isDirectory()) {
    for (const child of (await readdir(place)).sort()) {
      await hashFiles(hash, path.posix.join(name, child), path.join(place, child), includes);
    }
    return;
  }
  if (!includes(name)) return;
  const content = stats.isSymbolicLink() ? await readlink(place) : await readFile(place);
  hash.update(JSON.stringify([name, (stats.mode & 0o100) !== 0, stats.isSymbolicLink(), content.length]));
  hash.update(content);
}

function shortened(hash: ReturnType<typeof createHash>): string {
  return hash.digest('hex').slice(0, 12);
}

/** Hash of files in the images folder. */
export async function contentHash(
  { sources, includes }: Pick<Recipe, 'sources' | 'includes'>,
  imagesFolder: string,
): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    await hashFiles(hash, source, path.join(imagesFolder, source), includes ?? all);
  }
  return shortened(hash);
}

/**
 * The reference of a plan's image. It depends only on the plan and on files of the images folder, so it is known before
 * a build or download.
 */
export async function referenceOf(plan: ImagePlan, imagesFolder: string): Promise<string> {
  if (plan.kind === 'registry') return plan.reference;
  const hash = createHash('sha256');
  if (plan.kind === 'debian') {
    hash.update(plan.suite);
    await hashFiles(hash, 'make-base.sh', path.join(imagesFolder, 'debian/make-base.sh'), all);
    return `lambdock/debian-${plan.suite}:${shortened(hash)}`;
  }
  const values = await argumentsOf(plan, imagesFolder);
  hash.update(JSON.stringify([values, plan.packages ?? []]));
  for (const source of [plan.dockerfile, ...plan.sources]) {
    await hashFiles(hash, source, path.join(imagesFolder, source), plan.includes ?? all);
  }
  return `lambdock/${plan.name}:${shortened(hash)}`;
}

/** A recipe's build arguments in name order, with references instead of images. */
export async function argumentsOf(recipe: Recipe, imagesFolder: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(recipe.arguments).sort(([a], [b]) => (a < b ? -1 : 1))) {
    values[name] = typeof value === 'string' ? value : await referenceOf(value, imagesFolder);
  }
  return values;
}

/** The build context for the engine, without downloads and certificates. */
export function contextOf(recipe: Recipe, imagesFolder: string): ArchiveEntry[] {
  const includes = recipe.includes ?? all;
  return [recipe.dockerfile, ...recipe.sources].map((source) => ({
    path: source,
    source: path.join(imagesFolder, source),
    includes: (name) => name === recipe.dockerfile || includes(name),
  }));
}
