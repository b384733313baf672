import { table } from '../terminal/table';
import type { Figures, Ranking, SizeResult } from './analysis';
import { durationCost, type Price } from './prices';

/** Result of a tuning run; `--json` prints it. */
export interface Tuning {
  readonly functionName: string;
  readonly region: string;
  readonly architecture: string;
  readonly price: Price;
  readonly sizes: readonly SizeResult[];
  readonly ranking?: Ranking;
}

const show = (digits: number) => (value: number | undefined) =>
  value === undefined ? '-' : value.toFixed(digits);
const barWidth = 40;

export function tuningText({ functionName, region, architecture, price, sizes, ranking }: Tuning): string {
  const columns = [
    { title: 'MEMORY', text: ({ memorySize }: SizeResult) => `${memorySize} MB`, alignRight: true },
    {
      title: 'USED',
      text: ({ memoryUsedMiB }: SizeResult) => (memoryUsedMiB === undefined ? '-' : `${memoryUsedMiB} MB`),
      alignRight: true,
    },
    { title: 'ERRORS', text: ({ errors }: SizeResult) => String(errors), alignRight: true },
    ...(['warm', 'cold'] as const)
      .filter((kind) => sizes.some((size) => size[kind] !== undefined))
      .flatMap((kind) => figureColumns(kind)),
    { title: '', text: ({ memorySize }: SizeResult) => ranked(memorySize, ranking) },
  ];
  const note = `Costs are US dollars per million invocations: ${region}, ${architecture}, $${price.perGbSecond} per GB-second, $${price.perMillionRequests} per million requests (${price.asOf}, ${price.source}).`;
  return `${functionName}\n\n${table(columns, sizes)}\n${plot(sizes)}\n${note}\n`;
}

function figureColumns(kind: 'warm' | 'cold') {
  const column = (title: string, read: (figures: Figures) => number | undefined, digits: number) => ({
    title: `${kind.toUpperCase()} ${title}`,
    text: (size: SizeResult) => show(digits)(size[kind] && read(size[kind])),
    alignRight: true,
  });
  return [
    column('MS', ({ durationMs }) => durationMs, 1),
    column('P95', ({ p95Ms }) => p95Ms, 1),
    ...(kind === 'cold' ? [column('INIT', ({ initDurationMs }) => initDurationMs, 1)] : []),
    column('BILLED', ({ billedMs }) => billedMs, 0),
    column('COST', (figures) => figures.costPerMillion, 2),
  ];
}

function ranked(memorySize: number, ranking: Ranking | undefined): string {
  return Object.entries(ranking ?? {})
    .filter(([, size]) => size === memorySize)
    .map(([name]) => name)
    .join(', ');
}

interface Point {
  readonly memorySize: number;
  readonly durationMs: number;
  readonly cost: number;
}

function points(sizes: readonly SizeResult[]): Point[] {
  return sizes.flatMap(({ memorySize, warm, cold }) => {
    const rating = warm ?? cold;
    return rating ? { memorySize, durationMs: rating.durationMs, cost: rating.costPerMillion } : [];
  });
}

/** A bar for duration and one for cost, each as a share of the highest. */
function plot(sizes: readonly SizeResult[]): string {
  const found = points(sizes);
  const [mostMs, mostCost] = [
    Math.max(...found.map((each) => each.durationMs)),
    Math.max(...found.map(({ cost }) => cost)),
  ];
  const bar = (share: number) => '█'.repeat(Math.max(1, Math.round(share * barWidth)));
  return found
    .map(
      ({ memorySize, durationMs, cost }) =>
        `${`${memorySize} MB`.padStart(8)}  time  ${bar(durationMs / mostMs)} ${durationMs.toFixed(1)} ms\n` +
        `${''.padStart(8)}  cost  ${bar(cost / mostCost)} $${cost.toFixed(2)}\n`,
    )
    .join('');
}

/** URL of the power-tuning visualization: memory sizes, times and costs as base64 of their bytes. */
export function visualizationUrl(sizes: readonly SizeResult[], price: Price): string {
  const found = sizes.flatMap(({ memorySize, warm, cold }) => {
    const rating = warm ?? cold;
    return rating
      ? { memorySize, ms: rating.durationMs, cost: durationCost(rating.billedMs, memorySize, price) }
      : [];
  });
  const encoded = [
    Int16Array.from(found, ({ memorySize }) => memorySize),
    Float32Array.from(found, ({ ms }) => ms),
    Float32Array.from(found, ({ cost }) => cost),
  ].map(({ buffer }) => Buffer.from(buffer).toString('base64'));
  return `https://lambda-power-tuning.show/#${encoded.join(';')}`;
}

/** The output of the power-tuning state machine, for tools that read that; the optimum is the cheapest. */
export function powerTuningOutput({ sizes, ranking, price }: Tuning): object {
  const stats = sizes.flatMap(({ memorySize, warm, cold }) => {
    const rating = warm ?? cold;
    if (rating === undefined) return [];
    return {
      averagePrice: durationCost(rating.billedMs, memorySize, price),
      averageDuration: rating.durationMs,
      value: memorySize,
    };
  });
  const best = stats.find(({ value }) => value === ranking?.cheapest);
  return {
    ...(best && { power: best.value, cost: best.averagePrice, duration: best.averageDuration }),
    stateMachine: { visualization: visualizationUrl(sizes, price) },
    stats,
  };
}

const [svgWidth, svgHeight, margin] = [640, 360, 60];

/** Duration and cost over memory size, as a self-contained SVG file. */
export function tuningSvg({ functionName, sizes }: Tuning): string {
  const found = points(sizes);
  const across = (index: number) =>
    margin + (found.length === 1 ? 0.5 : index / (found.length - 1)) * (svgWidth - 2 * margin);
  const up = (share: number) => svgHeight - margin - share * (svgHeight - 2 * margin);
  const [mostMs, mostCost] = [
    Math.max(...found.map((each) => each.durationMs)),
    Math.max(...found.map(({ cost }) => cost)),
  ];
  const line = (color: string, shareOf: (point: Point) => number, label: (point: Point) => string) => {
    const at = found.map((point, index) => [across(index), up(shareOf(point))] as const);
    const dots = at.map(
      ([x, y], index) =>
        `<circle cx="${x}" cy="${y}" r="4" fill="${color}"><title>${label(found[index] as Point)}</title></circle>`,
    );
    return `<polyline fill="none" stroke="${color}" stroke-width="2" points="${at.map((each) => each.join(',')).join(' ')}"/>${dots.join('')}`;
  };
  const texts = found.map(
    ({ memorySize }, index) =>
      `<text x="${across(index)}" y="${svgHeight - margin + 20}" text-anchor="middle">${memorySize} MB</text>`,
  );
  const time = line(
    '#c2410c',
    ({ durationMs }) => durationMs / mostMs,
    ({ durationMs }) => `${durationMs.toFixed(1)} ms`,
  );
  const cost = line(
    '#1d4ed8',
    (each) => each.cost / mostCost,
    (each) => `$${each.cost.toFixed(2)} per million`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${svgWidth} ${svgHeight}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${margin}" y="24" font-size="16">${functionName}</text>
<text x="${margin}" y="44" fill="#c2410c">duration, at most ${mostMs.toFixed(1)} ms</text>
<text x="${svgWidth - margin}" y="44" fill="#1d4ed8" text-anchor="end">cost, at most $${mostCost.toFixed(2)} per million</text>
<path d="M${margin} ${margin}V${svgHeight - margin}H${svgWidth - margin}" fill="none" stroke="#666"/>
${texts.join('')}
${time}
${cost}
</svg>
`;
}
