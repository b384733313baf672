import type { BareRuntime } from './bare-runtime';
import { boot } from './cold';
import { median, type Row, ratio } from './figures';
import { firstBursts, firstCalls, layerFiles } from './functions';
import type { Lambdock } from './lambdock';
import { NextWatch } from './next-watch';

const payload = Buffer.from('{}');
const aimRatio = 1.2;
const burstCalls = 4;
const burstAimMs = 1_300;
const manyCalls = 50;

/** Cold starts of functions that were never called before, each next to a boot of the bare runtime. */
export async function measureFirst(bare: BareRuntime, lambdock: Lambdock): Promise<Row[]> {
  const watch = new NextWatch();
  await watch.open();
  try {
    const [boots, plain, layered]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < firstCalls; round += 1) {
      const times: [number[], () => Promise<number>][] = [
        [boots, () => boot(watch, () => bare.start(watch.address))],
        [plain, () => lambdock.invoke(`first${round}`, payload)],
        [layered, () => lambdock.invoke(`firstLayered${round}`, payload)],
      ];
      for (const [figures, measure] of times) {
        await lambdock.rest();
        const ms = await measure();
        // The first round fills caches.
        if (round > 0) figures.push(ms);
      }
    }
    const what = 'first call of a function';
    const against = (of: readonly number[]) => ({
      comparisons: [{ against: "the runtime's boot", ratio: ratio(of, boots), atMost: aimRatio }],
    });
    return [
      { what: `the runtime's own boot, next to first calls (${bare.surroundings})`, ms: median(boots) },
      { what, ms: median(plain), ...against(plain) },
      { what: `${what}, a layer of ${layerFiles} files`, ms: median(layered), ...against(layered) },
    ];
  } finally {
    watch.close();
  }
}

/** Bursts on functions that were never called before; the largest next to as many containers that are started at once. */
export async function measureBursts(bare: BareRuntime, lambdock: Lambdock): Promise<Row[]> {
  const times: number[] = [];
  for (let round = 1; round < firstBursts; round += 1) {
    await lambdock.rest();
    times.push(await together(burstCalls, () => lambdock.invoke(`burst${round}`, payload)));
  }
  await lambdock.rest();
  const started = await together(manyCalls, () => bare.startDetached());
  await bare.removeDetached();
  await lambdock.rest();
  const many = await together(manyCalls, () => lambdock.invoke('burst0', payload));
  const seconds = 'calls of a second at once, function never called before';
  return [
    { what: `${burstCalls} ${seconds}`, ms: median(times), atMostMs: burstAimMs },
    {
      what: `${manyCalls} ${seconds}`,
      ms: many,
      comparisons: [
        { against: `${manyCalls} x docker run -d, and a second`, ratio: many / (started + 1_000), atMost: 1 },
      ],
    },
  ];
}

async function together(count: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: count }, work));
  return performance.now() - begun;
}
