/** A part of a start, with the parts within it. Times in milliseconds. */
export interface Frame {
  readonly name: string;
  readonly totalMs: number;
  readonly children: readonly Frame[];
}

export interface Import {
  readonly name: string;
  readonly totalMs: number;
}

/** How many imports are named. */
const namedMost = 5;

/** How a frame counts: as an import with all within it; as a file of the function without that; or not at all. */
export type Kind = 'import' | 'own' | 'other';

/** The most expensive imports that are not within one of the others. */
export function expensiveImports(frames: readonly Frame[], kindOf: (name: string) => Kind): Import[] {
  const totals = new Map<string, number>();
  const add = (name: string, ms: number) => totals.set(name, (totals.get(name) ?? 0) + ms);
  const visit = ({ name, totalMs, children }: Frame) => {
    const kind = kindOf(name);
    if (kind === 'import') {
      add(name, totalMs);
      return;
    }
    if (kind === 'own') add(name, totalMs - children.reduce((sum, child) => sum + child.totalMs, 0));
    for (const child of children) visit(child);
  };
  for (const frame of frames) visit(frame);
  return [...totals]
    .map(([name, totalMs]) => ({ name, totalMs }))
    .sort((a, b) => b.totalMs - a.totalMs)
    .slice(0, namedMost);
}
