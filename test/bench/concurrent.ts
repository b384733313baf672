import { median, type Row } from './figures';
import type { Lambdock } from './lambdock';

const rounds = 3;
const calls = 4;
const payload = Buffer.from('{}');
const aimMs = 1_300;

/** Calls that sleep for a second, at the same time: from the first request to the last answer. */
export async function measureConcurrent(lambdock: Lambdock): Promise<Row[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await lambdock.cool('slow');
    cold.push(await together(lambdock));
    warm.push(await together(lambdock));
  }
  return [
    { what: `${calls} calls of a second at once, warm`, ms: median(warm), atMostMs: aimMs },
    { what: `${calls} calls of a second at once, cold, one spare`, ms: median(cold), atMostMs: aimMs },
  ];
}

async function together(lambdock: Lambdock): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: calls }, () => lambdock.invoke('slow', payload)));
  return performance.now() - begun;
}
