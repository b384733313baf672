import type { BareRuntime } from './bare-runtime';
import type { Child } from './child';
import { median, quantile, type Row, ratio } from './figures';
import { layerFiles } from './functions';
import type { Lambdock } from './lambdock';
import { NextWatch } from './next-watch';

const rounds = 12;
/** On a busy machine there are fewer rounds, but never fewer than these. */
const budgetMs = 80_000;
const leastRounds = 3;
const inSequence = 20;
const payload = Buffer.from('{}');

export interface ColdField {
  readonly bare: BareRuntime;
  readonly withSpare: Lambdock;
  readonly withoutSpare: Lambdock;
}

/** First calls, from the request to the answer; what they are held against, from its start to its first `/next`. */
export async function measureCold({ bare, withSpare, withoutSpare }: ColdField): Promise<Row[]> {
  const watch = new NextWatch();
  await watch.open();
  try {
    const first = async (lambdock: Lambdock, functionName: string) => {
      const ms = await lambdock.invoke(functionName, payload);
      // What a cold start leaves to be done must not be paid for by the next one's figure.
      await lambdock.cool(functionName);
      return ms;
    };
    const measures = {
      boot: () => boot(watch, () => bare.start(watch.address)),
      container: () => boot(watch, () => bare.runContainer(watch.address)),
      spare: () => first(withSpare, 'cold'),
      spareLayered: () => first(withSpare, 'layered'),
      demand: () => first(withoutSpare, 'cold'),
      demandLayered: () => first(withoutSpare, 'layered'),
    };
    const names = Object.keys(measures) as (keyof typeof measures)[];
    const times: Record<keyof typeof measures, number[]> = {
      boot: [],
      container: [],
      spare: [],
      spareLayered: [],
      demand: [],
      demandLayered: [],
    };
    const begun = performance.now();
    const isLate = () => performance.now() - begun > budgetMs;
    for (let round = -1; round < rounds && !(round >= leastRounds && isLate()); round += 1) {
      for (const name of names) {
        const ms = await measures[name]();
        // The first round fills caches.
        if (round >= 0) times[name].push(ms);
      }
    }
    return rowsOf(times, bare.surroundings);
  } finally {
    watch.close();
  }
}

function rowsOf(
  times: Record<'boot' | 'container' | 'spare' | 'spareLayered' | 'demand' | 'demandLayered', number[]>,
  surroundings: string,
): Row[] {
  const against = (of: keyof typeof times, base: keyof typeof times, name: string, atMost?: number) => ({
    against: name,
    ratio: ratio(times[of], times[base]),
    ...(atMost !== undefined && { atMost }),
  });
  const row = (of: keyof typeof times, what: string, more: Partial<Row> = {}): Row => ({
    what,
    ms: median(times[of]),
    ...more,
  });
  const layer = `a layer of ${layerFiles} files`;
  return [
    row('boot', `the runtime's own boot, to its first /next (${surroundings})`),
    row('container', 'docker run of the image, to its first /next (host network)'),
    row('spare', 'cold with a spare', {
      atMostMs: 150,
      comparisons: [
        against('spare', 'boot', "the runtime's boot", 2),
        against('spare', 'container', 'docker run'),
      ],
    }),
    row('demand', 'cold without a spare', {
      comparisons: [
        against('demand', 'boot', "the runtime's boot"),
        against('demand', 'container', 'docker run'),
      ],
    }),
    row('spareLayered', `cold with a spare, ${layer}`, {
      comparisons: [against('spareLayered', 'spare', 'without the layer', 1.1)],
    }),
    row('demandLayered', `cold without a spare, ${layer}`, {
      comparisons: [against('demandLayered', 'demand', 'without the layer', 1.1)],
    }),
  ];
}

/** From the start of a process to its first poll; then its connection is closed, at which the runtime ends. */
export async function boot(watch: NextWatch, start: () => Child): Promise<number> {
  const heard = watch.next();
  const child = start();
  try {
    return (await Promise.race([heard, child.untilEnd()])) - child.startedMs;
  } finally {
    watch.dropAll();
    await child.ended;
  }
}

/** Cold starts of one function as fast as it can be retired: the next spare may still be in the making. */
export async function measureSequence(lambdock: Lambdock): Promise<Row[]> {
  await lambdock.cool('cold');
  const times: number[] = [];
  for (let start = 0; start < inSequence; start += 1) {
    times.push(await lambdock.invoke('cold', payload));
    await lambdock.retire('cold');
  }
  await lambdock.cool('cold');
  const what = `${inSequence} cold starts one after another`;
  return [
    { what: `${what}, p50`, ms: median(times) },
    { what: `${what}, slowest`, ms: quantile(times, 1) },
  ];
}
