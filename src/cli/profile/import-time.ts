import type { Frame } from './frames';

const line = /^import time:\s*(\d+) \|\s*(\d+) \| ( *)(\S.*)$/;

/** The tree of imports in what Python prints with PYTHONPROFILEIMPORTTIME: an import comes behind those within it. */
export function importFrames(lines: readonly string[]): Frame[] {
  /** Frames by depth that have no parent yet. */
  const open: Frame[][] = [];
  for (const text of lines) {
    const [, , cumulative, indent = '', name = ''] = line.exec(text) ?? [];
    if (cumulative === undefined) continue;
    const depth = indent.length / 2;
    const children = open[depth + 1] ?? [];
    open.length = Math.min(open.length, depth + 1);
    const siblings = open[depth] ?? [];
    open[depth] = siblings;
    siblings.push({ name, totalMs: Number(cumulative) / 1_000, children });
  }
  return open[0] ?? [];
}
