import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { type LocalSources, localFolder } from './local-sources';

/** `-r LIST` and the like, `-e FOLDER`, `--find-links FOLDER`. */
const option =
  /^(\s*(?:-r|-c|-e|-f|--requirement|--constraint|--editable|--find-links)(?:\s+|\s*=\s*|(?=\.)))([^\s[;#]+)(.*)$/;
const lists = /^\s*(?:-r|-c|--requirement|--constraint)/;
/** A folder, a wheel or an archive; `[extra]` and `; marker` follow. */
const path = /^(\s*)(\.{1,2}(?:\/[^\s;[#]*)?)(.*)$/;

/**
 * What a list of packages refers to outside of its folder: other lists, and packages in folders and files. Paths are
 * relative to the folder, or to the list that they are in. Undefined: nothing.
 */
export function localPythonPackages(folder: string, list: string): LocalSources | undefined {
  const copied = new Map<string, string>();
  const texts = new Map<string, string>();
  const names = new Map<string, string>();

  /** Where something outside is put; what is within the folder is there. */
  const placeOf = (real: string): string => {
    const known = names.get(real);
    if (known !== undefined) return known;
    const name = `${localFolder}/${names.size + 1}-${basename(real)}`;
    names.set(real, name);
    return name;
  };

  const read = (file: string, as: string): void => {
    const found = (written: string, isList: boolean): string | undefined => {
      const bases = isList ? [dirname(file)] : [folder, dirname(file)];
      const real = bases.map((base) => resolve(base, written)).find((each) => existsSync(each));
      if (real === undefined) return undefined;
      const within = relative(folder, real);
      if (!within.startsWith('..')) {
        if (isList && !texts.has(within)) read(real, within);
        return isList ? fromList(as, within) : `./${within}`;
      }
      const place = placeOf(real);
      if (isList && !texts.has(place)) read(real, place);
      if (!isList) copied.set(place, real);
      return isList ? fromList(as, place) : `./${place}`;
    };
    // Known before it is read: lists may refer to one another.
    texts.set(as, '');
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n').map((line) => {
      const [, before, written, after] = option.exec(line) ?? path.exec(line) ?? [];
      if (before === undefined || written === undefined || /^\w+:\/\//.test(written)) return line;
      const place = found(written, lists.test(before));
      return place === undefined ? line : `${before}${place}${after}`;
    });
    texts.set(as, lines.join('\n'));
  };

  const file = join(folder, list);
  if (!existsSync(file)) return undefined;
  read(file, list);
  return names.size === 0 ? undefined : { copied, texts };
}

/** A list's path as another one names it. */
function fromList(from: string, to: string): string {
  return relative(dirname(from), to).replaceAll(sep, '/');
}
