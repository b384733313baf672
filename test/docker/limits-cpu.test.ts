import { functionsFolder } from '../support/functions';
import { RunningApp } from '../support/running-app';

jest.setTimeout(120_000);

const tolerance = 0.1;
/** Whatever else this machine does can only take from a share, so the best round says what the limit is. */
const rounds = 3;

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

test('a busy handler gets the share of a CPU that its memory stands for', async () => {
  const shares = new Map<number, number[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [size, measured] of shares) {
      const { payload } = await app.invoke(`with-${size}`, { act: 'burn', seconds: 1 });
      measured.push(Number(payload));
    }
  }
  for (const [size, measured] of shares) {
    const best = Math.max(...measured) / (size / 1_769);
    expect({ size, measured, within: Math.abs(best - 1) <= tolerance }).toEqual({
      size,
      measured,
      within: true,
    });
  }
});
