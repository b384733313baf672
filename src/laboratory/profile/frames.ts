import type { ImportFrame, ImportProfile } from '../../operator-api/contract';

/** Number of imports that are listed. */
const namedMost = 5;

/**
 * `import`: counts with all its children. `own`: a file of the function, counts without them. `other`: does not count.
 */
export type FrameKind = 'import' | 'own' | 'other';

/** The slowest imports. None of them contains another. */
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
