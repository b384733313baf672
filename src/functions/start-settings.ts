/** A delay that is added to a function's cold starts, in milliseconds. */
export type DelayDistribution =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'normal'; readonly meanMs: number; readonly deviationMs: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly p99Ms: number };

export interface ColdDelay {
  readonly distribution: DelayDistribution;
  /** Source of the figures: the settings, or a published measurement. */
  readonly source: string;
}

/** One function's overrides of how environments start and end. */
export interface StartSettings {
  /** Number of sandboxes that are always ready for this function only. */
  readonly spares?: number;
  readonly idleTimeoutMs?: number;
  readonly coldDelay?: ColdDelay;
}

/** Upper limit of every drawn delay. */
export const longestDelayMs = 60_000;

/** Published figures, not measurements of lambdock; lambdock's own start time is added. */
export const delayPresets = {
  microvm: {
    distribution: { kind: 'constant', ms: 125 },
    source:
      'microVM boot, at most 125 ms from InstanceStart to /sbin/init: SPECIFICATION.md of github.com/firecracker-microvm/firecracker',
  },
  'image-loading': {
    distribution: { kind: 'constant', ms: 50 },
    source:
      'start-up times as low as 50 ms: abstract of Brooker et al., On-demand Container Loading in AWS Lambda, 2023, arxiv.org/abs/2305.13162',
  },
  'observed-2021': {
    distribution: { kind: 'lognormal', medianMs: 230, p99Ms: 861 },
    source:
      'whole cold starts with init, two thirds within 400 ms and 95 % within 700 ms: mikhail.io/serverless/coldstarts/aws, 2021',
  },
} as const satisfies Readonly<Record<string, ColdDelay>>;

const normalP99 = 2.3263;

/** Draws a delay; `random` returns numbers from 0 to 1, without 1. */
export function drawDelayMs(distribution: DelayDistribution, random: () => number): number {
  return Math.min(longestDelayMs, Math.max(0, drawn(distribution, random)));
}

function drawn(distribution: DelayDistribution, random: () => number): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.ms;
    case 'uniform':
      return distribution.minMs + random() * (distribution.maxMs - distribution.minMs);
    case 'normal':
      return distribution.meanMs + standardNormal(random) * distribution.deviationMs;
    case 'lognormal': {
      const sigma = Math.log(distribution.p99Ms / distribution.medianMs) / normalP99;
      return distribution.medianMs * Math.exp(sigma * standardNormal(random));
    }
  }
}

/** The Box-Muller transform. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
