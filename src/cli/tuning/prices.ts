/** On-demand prices in US dollars, without free tier and volume discounts. */
export interface Price {
  readonly perGbSecond: number;
  readonly perMillionRequests: number;
  /** When the figures were published, and where. */
  readonly asOf: string;
  readonly source: string;
}

const perMillionRequests = 0.2;

const published = {
  asOf: '2024',
  source: 'https://aws.amazon.com/lambda/pricing/ for US East (N. Virginia), first tier',
};

/** Regions that cost more, to two digits. */
const regional = {
  asOf: '2024',
  source: 'the cost table of aws-lambda-power-tuning 4.3, to two digits',
};

const x86 = 0.0000166667;
const arm = 0.0000133334;

/** Of the regions whose price differs; that of another one is the one of `default`. */
export const prices: Readonly<Record<'x86_64' | 'arm64', Readonly<Record<string, Price>>>> = {
  x86_64: {
    default: { perGbSecond: x86, perMillionRequests, ...published },
    'ap-east-1': { perGbSecond: 0.0000232, perMillionRequests, ...regional },
    'af-south-1': { perGbSecond: 0.0000224, perMillionRequests, ...regional },
    'me-south-1': { perGbSecond: 0.0000208, perMillionRequests, ...regional },
    'eu-south-1': { perGbSecond: 0.0000192, perMillionRequests, ...regional },
    'ap-northeast-3': { perGbSecond: 0.0000216, perMillionRequests, ...regional },
  },
  arm64: {
    default: { perGbSecond: arm, perMillionRequests, ...published },
  },
};

export function priceOf(region: string, architecture: 'x86_64' | 'arm64'): Price {
  const table = prices[architecture];
  return (table[region] ?? table.default) as Price;
}

/** Of one invocation, without the price of its request. */
export function durationCost(billedMs: number, memorySize: number, { perGbSecond }: Price): number {
  return (billedMs / 1_000) * (memorySize / 1_024) * perGbSecond;
}

export function costPerMillion(billedMs: number, memorySize: number, price: Price): number {
  return durationCost(billedMs, memorySize, price) * 1_000_000 + price.perMillionRequests;
}
