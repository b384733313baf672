import type { SizeResult } from '../../../src/cli/tuning/analysis';
import {
  powerTuningOutput,
  type Tuning,
  tuningSvg,
  tuningText,
  visualizationUrl,
} from '../../../src/cli/tuning/outputs';
import { priceOf } from '../../../src/cli/tuning/prices';

const price = priceOf('us-east-1', 'x86_64');

const size = (memorySize: number, durationMs: number, cost: number): SizeResult => ({
  memorySize,
  errors: 0,
  memoryUsedMiB: 40,
  warm: { runs: 5, durationMs, p95Ms: durationMs, billedMs: Math.ceil(durationMs), costPerMillion: cost },
});

const tuning: Tuning = {
  functionName: 'hello',
  region: 'us-east-1',
  architecture: 'x86_64',
  price,
  sizes: [size(128, 400, 1.03), size(512, 100, 1.03), size(1_024, 50, 1.02), { memorySize: 64, errors: 3 }],
  ranking: { cheapest: 1_024, fastest: 1_024, balanced: 1_024 },
};

test('encodes sizes, times and costs as the power-tuning visualisation reads them', () => {
  const sizes = [128, 256, 512, 1_024, 2_048, 3_008].map((memorySize) => size(memorySize, 100, 1));
  const [, fragment = ''] = visualizationUrl(sizes, price).split('#');
  const [first, times = '', costs = ''] = fragment.split(';');
  expect(first).toBe('gAAAAQACAAQACMAL');
  const floats = (text: string) => [...new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)];
  expect(floats(times)).toEqual([100, 100, 100, 100, 100, 100]);
  expect(floats(costs)[3]).toBeCloseTo(0.00000166667, 11);
});

test('prints a row and two bars for each size, names the best ones, and says where prices are from', () => {
  const text = tuningText(tuning);
  expect(text).toMatch(/^1024 MB +40 MB +0 +50\.0 +50\.0 +50 +1\.02 +cheapest, fastest, balanced$/m);
  expect(text).toMatch(/^ {2}128 MB {2}time {2}█{40} 400\.0 ms$/m);
  expect(text.split('\n').filter((line) => line.includes('█'))).toHaveLength(6);
  expect(text).toContain('$0.0000166667 per GB-second');
});

test('gives what the power-tuning state machine returns', () => {
  expect(powerTuningOutput(tuning)).toEqual({
    power: 1_024,
    cost: expect.closeTo(8.33e-7, 9),
    duration: 50,
    stateMachine: { visualization: expect.stringMatching(/^https:\/\/lambda-power-tuning\.show\/#/) },
    stats: [128, 512, 1_024].map((value) => expect.objectContaining({ value })),
  });
});

test('draws a point for each size of duration and of cost', () => {
  const svg = tuningSvg(tuning);
  expect(svg.match(/<circle /g)).toHaveLength(6);
  expect(svg).toContain('>1024 MB</text>');
  expect(svg).not.toMatch(/href|NaN/);
});
