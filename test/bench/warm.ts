import type { Caller } from './caller';
import { median, quantile, type Row, ratio } from './figures';

const rounds = 12;
/** On a busy machine, or beside a slow contender, there are fewer rounds, but never fewer than these. */
const budgetMs = 50_000;
const leastRounds = 3;
const callsPerRound = 250;
/** Until then the code of each is still being compiled and compiled anew. */
const warmUpCalls = 2_000;
const payload = Buffer.from(JSON.stringify({ name: 'warm', text: 'x'.repeat(200) }));

/** Somebody who answers invocations of the same function with the same client in the runtime. */
export interface Contender {
  readonly name: string;
  readonly caller: Caller;
  readonly functionName: string;
}

export interface WarmField {
  readonly lambdock: Contender;
  readonly floor: Contender;
  readonly emulator?: Contender;
}

/** Calls one after another over a kept connection: in each round some calls of each, side by side in time. */
export async function measureWarm({ lambdock, floor, emulator }: WarmField): Promise<Row[]> {
  const field = [lambdock, floor, ...(emulator ? [emulator] : [])];
  const p50 = new Map(field.map((each) => [each, [] as number[]]));
  const p99 = new Map(field.map((each) => [each, [] as number[]]));
  for (const each of field) await callMany(each, warmUpCalls);
  const begun = performance.now();
  const isLate = () => performance.now() - begun > budgetMs;
  for (let round = 0; round < rounds && !(round >= leastRounds && isLate()); round += 1) {
    for (const each of field) {
      const times = await callMany(each, callsPerRound);
      p50.get(each)?.push(quantile(times, 0.5));
      p99.get(each)?.push(quantile(times, 0.99));
    }
  }
  const row = (each: Contender, figures: Map<Contender, number[]>, which: string): Row => {
    const own = figures.get(each) ?? [];
    return {
      what: `warm, ${which}: ${each.name}`,
      ms: median(own),
      ...(each === lambdock && {
        comparisons: [
          {
            against: 'the floor',
            ratio: ratio(own, figures.get(floor) ?? []),
            atMost: which === 'p50' ? 1.3 : 1.2,
          },
          ...(emulator
            ? [
                {
                  against: "AWS's emulator",
                  ratio: ratio(own, figures.get(emulator) ?? []),
                  ...(which === 'p50' && { atMost: 0.7 }),
                },
              ]
            : []),
        ],
      }),
    };
  };
  return field.flatMap((each) => [row(each, p50, 'p50'), row(each, p99, 'p99')]);
}

async function callMany({ caller, functionName }: Contender, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call += 1) times.push(await caller.invoke(functionName, payload));
  return times;
}
