import { quantile } from '../lib/statistics';
import type { FunctionStats, Quantiles, Stats } from '../operator-api/contract';
import type { FunctionCounters } from './function-counters';
import type { InvocationRecording } from './invocation-recording';
import type { Recorder } from './recorder';
import { rounded } from './rounded';

interface Samples {
  readonly duration: number[];
  readonly init: number[];
  readonly latency: number[];
  memoryUsedMiB: number | undefined;
}

/** Figures by function, in name order. */
export function statsOf(recorder: Pick<Recorder, 'counters' | 'recordings'>, functionName?: string): Stats {
  const samples = new Map<string, Samples>();
  for (const each of recorder.recordings()) take(samples, each);
  return {
    functions: [...recorder.counters()]
      .filter((each) => functionName === undefined || each.functionName === functionName)
      .sort((a, b) => (a.functionName < b.functionName ? -1 : 1))
      .map((each) => functionStats(each, samples.get(each.functionName))),
  };
}

function take(all: Map<string, Samples>, invocation: InvocationRecording): void {
  if (invocation.status === 'throttled') return;
  const { functionName, durationMs, latencyMs, memoryUsedMiB, isCold, environment } = invocation;
  let samples = all.get(functionName);
  if (samples === undefined) {
    samples = { duration: [], init: [], latency: [], memoryUsedMiB: undefined };
    all.set(functionName, samples);
  }
  if (durationMs !== undefined) samples.duration.push(durationMs);
  if (latencyMs !== undefined) samples.latency.push(latencyMs);
  const initMs = isCold ? environment?.initDurationMs : undefined;
  if (initMs !== undefined) samples.init.push(initMs);
  if (memoryUsedMiB !== undefined)
    samples.memoryUsedMiB = Math.max(samples.memoryUsedMiB ?? 0, memoryUsedMiB);
}

function functionStats(counters: FunctionCounters, samples: Samples | undefined): FunctionStats {
  const { functionName, invocations, errors, throttles, coldStarts } = counters;
  const { environments, environmentsMost, memorySizeMiB } = counters;
  return {
    functionName,
    invocations,
    errors,
    throttles,
    coldStarts,
    coldShare: invocations === 0 ? 0 : Math.round((coldStarts / invocations) * 10_000) / 10_000,
    duration: quantiles(samples?.duration),
    init: quantiles(samples?.init),
    latency: quantiles(samples?.latency),
    ...(samples?.memoryUsedMiB !== undefined && { memoryUsedMiB: samples.memoryUsedMiB }),
    memorySize: memorySizeMiB,
    environments,
    environmentsMost,
  };
}

function quantiles(samples: readonly number[] = []): Quantiles {
  const [p50, p95] = [quantile(samples, 0.5), quantile(samples, 0.95)];
  return p50 === undefined || p95 === undefined ? {} : { p50: rounded(p50), p95: rounded(p95) };
}
