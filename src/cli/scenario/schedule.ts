import { seededRandom } from '../../lib/random';
import { Problem } from '../problem';
import { readText } from '../text-files';
import { cronTimes } from './cron';
import { replayTimes } from './replay';
import type { Load, PlannedRequest, Scenario } from './scenario';

/** A scenario's own time begins at a midnight, so that schedules are the same in every run. */
const beginsAtMs = Date.UTC(2026, 0, 1);

const requestsMost = 200_000;

export interface Schedule {
  /** In the order of their times. */
  readonly requests: readonly PlannedRequest[];
  /** Start of each phase, followed by the end of the last one. */
  readonly phaseStarts: readonly number[];
}

/** When each request is sent: the same for the same scenario and seed. */
export function scheduleOf({ phases, seed }: Scenario): Schedule {
  const requests: PlannedRequest[] = [];
  const phaseStarts: number[] = [];
  let beginMs = 0;
  for (const [index, phase] of phases.entries()) {
    phaseStarts.push(beginMs);
    let longestMs = phase.kind === 'idle' ? phase.forMs : 0;
    for (const [position, { functionName, load, event }] of (phase.kind === 'loads'
      ? phase.loads
      : []
    ).entries()) {
      // A separate sequence per load, so that a change of one load does not change the times of others.
      const random = seededRandom(seed * 1_000_003 + index * 1_009 + position);
      const { times, lastsMs } = timesOf(load, beginMs, random);
      for (const each of times) requests.push({ atMs: beginMs + each, functionName, event, phase: index });
      longestMs = Math.max(longestMs, lastsMs);
      if (requests.length > requestsMost) {
        throw new Problem(
          `The scenario has more than ${requestsMost} requests. Lower rates, or shorten phases.`,
        );
      }
    }
    beginMs += longestMs;
  }
  phaseStarts.push(beginMs);
  return { requests: requests.sort((a, b) => a.atMs - b.atMs), phaseStarts };
}

interface Times {
  readonly times: readonly number[];
  readonly lastsMs: number;
}

function timesOf(load: Load, beginMs: number, random: () => number): Times {
  switch (load.kind) {
    case 'constant':
      return { times: evenly(load.rate, load.forMs), lastsMs: load.forMs };
    case 'ramp':
      return { times: ramped(load.from, load.to, load.forMs), lastsMs: load.forMs };
    case 'burst': {
      const times = Array.from({ length: load.requests }, () => random() * load.withinMs);
      return { times: times.sort((a, b) => a - b), lastsMs: load.withinMs };
    }
    case 'poisson':
      return { times: poisson(load.rate, load.forMs, random), lastsMs: load.forMs };
    case 'cron':
      return {
        times: cronTimes(load.schedule, beginsAtMs + beginMs, load.forMs),
        lastsMs: load.forMs,
      };
    case 'replay': {
      const times = replayTimes(readText(load.file));
      if (times.length === 0) {
        throw new Problem(
          `${load.file} has no times to replay. Its first column must have times, or its lines must be REPORT lines with times in front.`,
        );
      }
      return { times, lastsMs: times.at(-1) ?? 0 };
    }
  }
}

function evenly(rate: number, forMs: number): number[] {
  const count = Math.min(requestsMost + 1, Math.floor((rate * forMs) / 1_000));
  return Array.from({ length: count }, (_, index) => (index * 1_000) / rate);
}

/** The k-th request is due when the integral of the rate reaches k. */
function ramped(from: number, to: number, forMs: number): number[] {
  const seconds = forMs / 1_000;
  const slope = (to - from) / seconds;
  const count = Math.min(requestsMost + 1, Math.floor(((from + to) / 2) * seconds));
  return Array.from({ length: count }, (_, k) => {
    const at = slope === 0 ? k / from : (Math.sqrt(Math.max(0, from * from + 2 * slope * k)) - from) / slope;
    return at * 1_000;
  });
}

function poisson(rate: number, forMs: number, random: () => number): number[] {
  const times: number[] = [];
  for (let at = 0; times.length <= requestsMost; ) {
    at += (-Math.log(1 - random()) / rate) * 1_000;
    if (at >= forMs || rate === 0) break;
    times.push(at);
  }
  return times;
}
