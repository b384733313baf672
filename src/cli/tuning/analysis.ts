import { quantile } from '../../lib/statistics';
import { costPerMillion, type Price } from './prices';

/** The figures of a REPORT line. Durations in milliseconds. */
export interface Report {
  readonly durationMs: number;
  readonly billedMs: number;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB: number;
}

/** Measurements at one memory size. */
export interface Measured {
  readonly memorySize: number;
  readonly warm: readonly Report[];
  readonly cold: readonly Report[];
  readonly errors: number;
}

export interface Figures {
  readonly runs: number;
  /** The mean without the highest and lowest fifth. */
  readonly durationMs: number;
  readonly p95Ms: number;
  readonly billedMs: number;
  readonly initDurationMs?: number;
  /** In US dollars, requests included. */
  readonly costPerMillion: number;
}

export interface SizeResult {
  readonly memorySize: number;
  readonly errors: number;
  readonly memoryUsedMiB?: number;
  readonly warm?: Figures;
  readonly cold?: Figures;
}

export interface Ranking {
  /** Memory sizes in MB. */
  readonly cheapest: number;
  readonly fastest: number;
  /** Least sum of cost and duration, each as a share of the highest. */
  readonly balanced: number;
}

/** Share of samples that is dropped at each end. */
const trimmed = 0.2;

export function trimmedMean(samples: readonly number[]): number {
  const left = Math.floor(samples.length * trimmed);
  const kept = samples.toSorted((a, b) => a - b).slice(left, samples.length - left);
  return kept.reduce((sum, each) => sum + each, 0) / Math.max(1, kept.length);
}

export function analysed({ memorySize, warm, cold, errors }: Measured, price: Price): SizeResult {
  const used = [...warm, ...cold].map(({ memoryUsedMiB }) => memoryUsedMiB);
  return {
    memorySize,
    errors,
    ...(used.length > 0 && { memoryUsedMiB: Math.max(...used) }),
    ...(warm.length > 0 && { warm: figures(warm, memorySize, price) }),
    ...(cold.length > 0 && { cold: figures(cold, memorySize, price) }),
  };
}

function figures(reports: readonly Report[], memorySize: number, price: Price): Figures {
  const durations = reports.map(({ durationMs }) => durationMs);
  const inits = reports.flatMap(({ initDurationMs }) => initDurationMs ?? []);
  const billedMs = trimmedMean(reports.map((each) => each.billedMs));
  return {
    runs: reports.length,
    durationMs: trimmedMean(durations),
    p95Ms: quantile(durations, 0.95) ?? 0,
    billedMs,
    ...(inits.length > 0 && { initDurationMs: trimmedMean(inits) }),
    costPerMillion: costPerMillion(billedMs, memorySize, price),
  };
}

/** Ranks by warm figures, or by cold ones without warm samples; ignores sizes with errors. */
export function ranking(sizes: readonly SizeResult[]): Ranking | undefined {
  const rated = sizes.flatMap(({ memorySize, warm, cold, errors }) => {
    const rating = warm ?? cold;
    if (rating === undefined || errors > 0) return [];
    const durationMs = rating.durationMs + (warm === undefined ? (rating.initDurationMs ?? 0) : 0);
    return { memorySize, durationMs, cost: rating.costPerMillion };
  });
  const least = (of: (each: (typeof rated)[number]) => number) =>
    rated.toSorted((a, b) => of(a) - of(b) || a.memorySize - b.memorySize)[0];
  const [mostCost, mostMs] = [
    Math.max(...rated.map(({ cost }) => cost)),
    Math.max(...rated.map(({ durationMs }) => durationMs)),
  ];
  const cheapest = least(({ cost }) => cost);
  const fastest = least(({ durationMs }) => durationMs);
  const balanced = least(({ cost, durationMs }) => cost / mostCost + durationMs / mostMs);
  if (!cheapest || !fastest || !balanced) return undefined;
  return { cheapest: cheapest.memorySize, fastest: fastest.memorySize, balanced: balanced.memorySize };
}

/** The figures of the REPORT line in a log; undefined without such a line. */
export function reportIn(log: string): Report | undefined {
  const line = log.split('\n').findLast((each) => each.startsWith('REPORT '));
  const figure = (name: string) => {
    const found = new RegExp(`\\t${name}: ([\\d.]+) M?[mB]`).exec(line ?? '')?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [durationMs, billedMs] = [figure('Duration'), figure('Billed Duration')];
  if (durationMs === undefined || billedMs === undefined) return undefined;
  const initDurationMs = figure('Init Duration');
  return {
    durationMs,
    billedMs,
    ...(initDurationMs !== undefined && { initDurationMs }),
    memoryUsedMiB: figure('Max Memory Used') ?? 0,
  };
}
