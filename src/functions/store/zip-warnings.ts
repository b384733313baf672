import type { ZipEntry } from './zip-entries';

/** Warnings about entries that are valid on Lambda but probably a mistake, one for each kind. */
export function entryWarnings(entries: readonly ZipEntry[]): readonly string[] {
  const backslashed = entries.filter(({ path }) => path.includes('\\'));
  const unreadable = entries.filter(
    ({ kind, mode }) =>
      (kind === 'file' && (mode & 0o004) === 0) || (kind === 'folder' && (mode & 0o001) === 0),
  );
  return [
    ...sentence(
      backslashed,
      ({ path }) => `${path} is one file name, not a path`,
      'its packer wrote backslashes, which Lambda does not take for separators. Pack it with forward slashes',
    ),
    ...sentence(
      unreadable,
      ({ path, mode }) => `${path} has mode ${mode.toString(8).padStart(4, '0')}`,
      "the function's user cannot read it, as on Lambda. Pack it with mode 0644, or 0755 for programs and folders " +
        '(in Python: ZipInfo.external_attr = 0o100644 << 16)',
    ),
  ];
}

function sentence(
  entries: readonly ZipEntry[],
  first: (entry: ZipEntry) => string,
  rest: string,
): readonly string[] {
  const [one] = entries;
  if (one === undefined) return [];
  const others = entries.length === 1 ? '' : ` (and ${entries.length - 1} more)`;
  return [`${first(one)}${others}: ${rest}.`];
}
