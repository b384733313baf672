import type { ImportFrame } from '../../operator-api/contract';

const line = /^import time:\s*(\d+) \|\s*(\d+) \| ( *)(\S.*)$/;

/** The tree of imports in what Python prints with PYTHONPROFILEIMPORTTIME: an import comes behind those within it. */
export function importFrames(lines: readonly string[]): ImportFrame[] {
  /** Frames by depth that have no parent yet. */
  const open: ImportFrame[][] = [];
  let selfMicros = 0;
  for (const text of lines) {
    const [, self, cumulative, indent = '', name = ''] = line.exec(text) ?? [];
    if (cumulative === undefined) continue;
    // A line is printed when its import is over, and all that took time before has been printed.
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
