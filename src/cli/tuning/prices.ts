/** On-demand prices in US dollars, without free tier and volume discounts. */
export interface Price {
  readonly perGbSecond: number;
  readonly perMillionRequests: number;
  /** When the source was published. */
  readonly asOf: string;
  readonly source: string;
}

const offers = {
  asOf: '2026-09',
  source: 'AWS price list as in @remotion/lambda-client 4.0.527, first tier',
};

/** Of regions that are not in `offers`. */
const middleEast = {
  asOf: '2025',
  source: 'https://aws.amazon.com/lambda/pricing/ as in artillery 2.0.28, first tier',
};

/** Dollars for a GB-second on x86_64 and on arm64, and for a million requests. */
type Row = readonly [x86: number, arm: number, requests: number, origin: Pick<Price, 'asOf' | 'source'>];

const usual: Row = [0.0000166667, 0.0000133334, 0.2, offers];

/** Regions whose prices differ from those of `usual`. */
const regions: Readonly<Record<string, Row>> = {
  'af-south-1': [0.0000221, 0.00001768, 0.27, offers],
  'ap-east-1': [0.00002292, 0.0000183, 0.28, offers],
  'ap-southeast-5': [0.000015, 0.000012, 0.18, offers],
  'eu-central-2': [0.0000183334, 0.0000146667, 0.22, offers],
  'eu-south-1': [0.0000195172, 0.0000156138, 0.23, offers],
  'me-central-1': [0.0000206667, 0.0000165334, 0.2, middleEast],
  'me-south-1': [0.0000206667, 0.0000165334, 0.2, middleEast],
};

/** A region that is not listed has the price of US East (N. Virginia), as most have. */
export function priceOf(region: string, architecture: 'x86_64' | 'arm64'): Price {
  const [x86, arm, perMillionRequests, origin] = regions[region] ?? usual;
  return { perGbSecond: architecture === 'arm64' ? arm : x86, perMillionRequests, ...origin };
}

/** Of one invocation, without the price of its request. */
export function durationCost(billedMs: number, memorySize: number, { perGbSecond }: Price): number {
  return (billedMs / 1_000) * (memorySize / 1_024) * perGbSecond;
}

export function costPerMillion(billedMs: number, memorySize: number, price: Price): number {
  return durationCost(billedMs, memorySize, price) * 1_000_000 + price.perMillionRequests;
}
