import { statSync } from 'node:fs';
import { basename, sep } from 'node:path';
import type { WantedFunction } from '../functions/template/wanted';

/** Files that have changed together. */
export interface SourceChange {
  /** Absolute. */
  readonly paths: ReadonlySet<string>;
  /** When the first of them was noticed, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Whether a file belongs to a function's code or layers. */
export function isSourceOf({ package: code }: WantedFunction, path: string): boolean {
  if (code.kind !== 'zip') return false;
  return [code.code, ...code.layers].some(
    (source) => typeof source === 'string' && (path === source || path.startsWith(`${source}${sep}`)),
  );
}

/** Describes a function's change: `app.py changed`, `3 files changed`; the template if none of its files changed. */
export function describeChange({ paths }: SourceChange, wanted: WantedFunction): string {
  const all = [...paths].filter((path) => isSourceOf(wanted, path));
  // Editors write a temporary file and rename it; folders change with their files.
  const files = all.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  const own = files.length > 0 ? files : all;
  const [only = ''] = own.length > 0 ? own : paths;
  return own.length > 1 ? `${own.length} files changed` : `${basename(only)} changed`;
}
