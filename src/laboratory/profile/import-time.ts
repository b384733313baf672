import type { ImportFrame } from '../../operator-api/contract';

const line = /^import time:\s*(\d+) \|\s*(\d+) \| ( *)(\S.*)$/;

/** The import tree in the output of PYTHONPROFILEIMPORTTIME. Python prints an import after the imports within it. */
export function importFrames(lines: readonly string[]): ImportFrame[] {
  /** Frames without a parent so far, by depth. */
  const open: ImportFrame[][] = [];
  let selfMicros = 0;
  for (const text of lines) {
    const [, self, cumulative, indent = '', name = ''] = line.exec(text) ?? [];
    if (cumulative === undefined) continue;
    // Python prints a line when the import is complete, so the sum of earlier lines is its end time.
    selfMicros += Number(self);
    const totalMs = Number(cumulative) / 1_000;
    const atMs = Math.max(0, selfMicros / 1_000 - totalMs);
    const depth = indent.length / 2;
    const children = open[depth + 1] ?? [];
    open.length = Math.min(open.length, depth + 1);
    const siblings = open[depth] ?? [];
    open[depth] = siblings;
    siblings.push({ name, atMs, totalMs, children });
  }
  return open[0] ?? [];
}
