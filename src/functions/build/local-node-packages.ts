import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { type LocalSources, localFolder } from './local-sources';
import { parsedManifest } from './node-project';

type Sections = Readonly<Record<string, unknown>>;
type Dependencies = Readonly<Record<string, string>>;

const installed = ['dependencies', 'optionalDependencies'];

/**
 * Packages of a workspace, or of other folders (`file:`, `link:`), that a manifest depends on and that lie outside of
 * its folder. npm installs them as workspaces of a manifest that refers to each of them. Undefined: none.
 */
export function localNodePackages(folder: string, development: boolean): LocalSources | undefined {
  const members = workspaceMembers(folder);
  const found = new Map<string, string>();
  const visit = (from: string, sections: readonly string[]) => {
    const manifest = parsedManifest(join(from, 'package.json'));
    for (const [name, version] of sections.flatMap((each) =>
      Object.entries(dependenciesOf(manifest, each)),
    )) {
      const place = localPlace(name, version, from, members);
      if (place === undefined || found.has(name) || isWithin(folder, place)) continue;
      found.set(name, place);
      visit(place, installed);
    }
  };
  visit(folder, development ? [...installed, 'devDependencies'] : installed);
  if (found.size === 0) return undefined;
  const copied = new Map([...found].map(([name, place]) => [placeOf(name), place]));
  const texts = new Map([...found].map(([name, place]) => [manifestOf(name), memberManifest(place, found)]));
  const own = parsedManifest(join(folder, 'package.json'));
  const workspaces = [...patternsOf(own), ...copied.keys()];
  texts.set('package.json', JSON.stringify({ ...referring(own, found), private: true, workspaces }, null, 2));
  return { copied, texts };
}

const placeOf = (name: string) => `${localFolder}/${name.replace(/^@/, '').replaceAll('/', '-')}`;
const manifestOf = (name: string) => `${placeOf(name)}/package.json`;

/** Without what only its own development needs: tools that its scripts call are not installed. */
function memberManifest(place: string, found: ReadonlyMap<string, string>): string {
  const { devDependencies, scripts, ...manifest } = parsedManifest(join(place, 'package.json'));
  return JSON.stringify(referring(manifest, found), null, 2);
}

/** Any version of the packages that are there: npm would look for another one in the registry. */
function referring(manifest: Sections, found: ReadonlyMap<string, string>): Sections {
  const changed = [...installed, 'devDependencies', 'peerDependencies'].flatMap((section) => {
    const dependencies = Object.entries(dependenciesOf(manifest, section));
    if (dependencies.length === 0) return [];
    const entries = dependencies.map(([name, version]) => [name, found.has(name) ? '*' : version]);
    return [[section, Object.fromEntries(entries)]];
  });
  return { ...manifest, ...Object.fromEntries(changed) };
}

function dependenciesOf(manifest: Sections, section: string): Dependencies {
  return (manifest[section] ?? {}) as Dependencies;
}

function localPlace(
  name: string,
  version: string,
  from: string,
  members: ReadonlyMap<string, string>,
): string | undefined {
  const path =
    /^(?:file|link|portal):(.+)$/.exec(version)?.[1] ?? (/^\.{1,2}\//.test(version) ? version : undefined);
  const place = path === undefined ? members.get(name) : resolve(from, path);
  return place !== undefined && existsSync(join(place, 'package.json')) ? place : undefined;
}

function isWithin(folder: string, place: string): boolean {
  return !relative(folder, place).startsWith('..');
}

/** Folders of the packages of the workspace that a folder is of, by name. */
function workspaceMembers(folder: string): ReadonlyMap<string, string> {
  for (let root = dirname(folder), below = folder; root !== below; below = root, root = dirname(root)) {
    const patterns = workspacePatterns(root);
    if (patterns.length === 0) continue;
    const places = patterns.flatMap((pattern) => matching(root, pattern.split('/')));
    return new Map(places.flatMap((place) => namedPlace(place)));
  }
  return new Map();
}

function namedPlace(place: string): readonly (readonly [string, string])[] {
  const file = join(place, 'package.json');
  const { name } = existsSync(file) ? parsedManifest(file) : {};
  return typeof name === 'string' ? [[name, place]] : [];
}

function workspacePatterns(root: string): readonly string[] {
  const [manifest, pnpm] = ['package.json', 'pnpm-workspace.yaml'].map((name) => join(root, name));
  const own = manifest !== undefined && existsSync(manifest) ? patternsOf(parsedManifest(manifest)) : [];
  if (own.length > 0 || pnpm === undefined || !existsSync(pnpm)) return own;
  const read: unknown = parse(readFileSync(pnpm, 'utf8'));
  return patternsOf({ workspaces: read });
}

/** A list, or a mapping with `packages`. Patterns that leave packages out are not needed: they are named by nothing. */
function patternsOf({ workspaces }: Sections): readonly string[] {
  const list: unknown = Array.isArray(workspaces)
    ? workspaces
    : (workspaces as { readonly packages?: unknown } | null | undefined)?.packages;
  const patterns = Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  return patterns.filter((each) => !each.startsWith('!')).map((each) => each.replace(/^\.\/|\/$/g, ''));
}

/** How deep `**` looks. */
const deepest = 4;

function matching(folder: string, [first, ...rest]: readonly string[], depth = 0): readonly string[] {
  if (first === undefined) return [folder];
  if (!first.includes('*')) return matching(join(folder, first), rest, depth);
  const pattern = new RegExp(`^${first.replace(/[.+?^$()|[\]{}\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  const folders = subfolders(folder).filter((name) => pattern.test(name));
  if (first !== '**') return folders.flatMap((name) => matching(join(folder, name), rest, depth));
  const deeper = depth < deepest ? folders : [];
  return [
    ...matching(folder, rest, depth),
    ...deeper.flatMap((name) => matching(join(folder, name), [first, ...rest], depth + 1)),
  ];
}

function subfolders(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
