import type { ImportFrame, ImportProfile } from '../../operator-api/contract';

/** How many imports are named. */
const namedMost = 5;

/** How a frame counts: as an import with all within it; as a file of the function without that; or not at all. */
export type FrameKind = 'import' | 'own' | 'other';

/** The most expensive imports that are not within one of the others. */
export function expensiveImports(
  frames: readonly ImportFrame[],
  kindOf: (name: string) => FrameKind,
): ImportProfile['imports'] {
  const totals = new Map<string, { atMs: number; totalMs: number }>();
  const add = ({ name, atMs }: ImportFrame, ms: number) => {
    const known = totals.get(name);
    if (known) known.totalMs += ms;
    else totals.set(name, { atMs, totalMs: ms });
  };
  const visit = (frame: ImportFrame) => {
    const { name, totalMs, children } = frame;
    const kind = kindOf(name);
    if (kind === 'import') {
      add(frame, totalMs);
      return;
    }
    if (kind === 'own') add(frame, totalMs - children.reduce((sum, child) => sum + child.totalMs, 0));
    for (const child of children) visit(child);
  };
  for (const frame of frames) visit(frame);
  return [...totals]
    .map(([name, times]) => ({ name, ...times }))
    .sort((a, b) => b.totalMs - a.totalMs)
    .slice(0, namedMost);
}
