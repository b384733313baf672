/** The value below which a share of all values lies (0.5: the median). Of no values, not a number. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * The median of the rounds' own ratios. What else the machine does strikes the neighbours of one round alike, so
 * this holds still where the figures do not.
 */
export function ratio(values: readonly number[], bases: readonly number[]): number {
  const pairs = values.flatMap((value, round) => {
    const base = bases[round];
    return base === undefined ? [] : [value / base];
  });
  return median(pairs);
}

/** What a row is held against, and what it is to be at most: a ratio, or milliseconds. */
interface Comparison {
  readonly against: string;
  readonly ratio: number;
  readonly atMost?: number;
}

/** A line of the table. `ms` is the figure itself, in milliseconds unless it has another unit. */
export interface Row {
  readonly what: string;
  readonly ms: number;
  readonly unit?: 'MB';
  readonly atMostMs?: number;
  readonly comparisons?: readonly Comparison[];
}

const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const verdict = (value: number, atMost: number) => (value <= atMost ? 'met' : 'NOT MET');

/** The rows as aligned text, each comparison on a line of its own below the first. */
export function renderTable(rows: readonly Row[]): string {
  const cells = [['what', 'figure', 'ratio', 'aim', ''], ...rows.flatMap(cellsOf)];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf({ what, ms, unit, atMostMs, comparisons = [] }: Row): string[][] {
  const lines: string[][] = [];
  if (atMostMs !== undefined) lines.push(['', `at most ${milliseconds(atMostMs)}`, verdict(ms, atMostMs)]);
  for (const { against, ratio: value, atMost } of comparisons) {
    const aim = atMost === undefined ? ['', ''] : [`at most ${atMost} x`, verdict(value, atMost)];
    lines.push([`${value.toFixed(2)} x ${against}`, ...aim]);
  }
  if (lines.length === 0) lines.push(['', '', '']);
  const figure = unit === undefined ? milliseconds(ms) : `${ms.toFixed(ms < 10 ? 2 : 0)} ${unit}`;
  return lines.map((line, index) => [index === 0 ? what : '', index === 0 ? figure : '', ...line]);
}
