import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(120_000);

const tolerance = 0.1;
/**
 * Whatever else this machine does can only take from a share, so the best round says what the limit is. There
 * are more than the fewest only where something took so much that it cannot be seen yet.
 */
const rounds = { fewest: 2, most: 8 };

const sizes = [128, 443, 884, 1_769] as const;
let app: RunningApp;

beforeAll(async () => {
  const burning = { runtime: 'python3.13', handler: 'limits.handler', code: functionsFolder('python') };
  app = await RunningApp.start({
    // Spares would be made beside the measurement.
    settings: { spares: 0 },
    functions: Object.fromEntries(
      sizes.map((memorySize) => [`with-${memorySize}`, { ...burning, memorySize, timeout: 60 }]),
    ),
  });
  // The share holds from the end of the init on; the first call may still see the engine set it.
  for (const size of sizes) await app.invoke(`with-${size}`, { act: 'burn', seconds: 0.3 });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test.each(sizes)('a busy handler with %i MB gets its share of a CPU', async (size) => {
  const ratios: number[] = [];
  const best = () => Math.max(0, ...ratios);
  while (ratios.length < rounds.fewest || (best() < 1 - tolerance && ratios.length < rounds.most)) {
    const { payload } = await app.invoke(`with-${size}`, { act: 'burn', seconds: 1 });
    ratios.push(Number(payload) / (size / 1_769));
  }
  expect({ ratios, within: Math.abs(best() - 1) <= tolerance }).toEqual({ ratios, within: true });
});
