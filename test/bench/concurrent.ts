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
  await lambdock.cool('slow');
  // Only once in a while: from then on the sandboxes of the last burst are there.
  const first = await together(lambdock);
  for (let round = 0; round < rounds; round += 1) {
    await lambdock.cool('slow');
    cold.push(await together(lambdock));
    warm.push(await together(lambdock));
  }
  const what = `${calls} calls of a second at once`;
  return [
    { what: `${what}, warm`, ms: median(warm), atMostMs: aimMs },
    { what: `${what}, all cold, a minute after a burst at the latest`, ms: median(cold), atMostMs: aimMs },
    { what: `${what}, all cold, never before, one spare`, ms: first },
  ];
}

async function together(lambdock: Lambdock): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: calls }, () => lambdock.invoke('slow', payload)));
  return performance.now() - begun;
}
