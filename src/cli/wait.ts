import type { Clock } from '../lib/clock';

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.alarm(clock.now() + ms, resolve));
}

/** Calls `ask` until its result is not `undefined`; resolves to `undefined` when the time is over. */
export async function poll<T>(
  clock: Clock,
  { everyMs, forMs }: { readonly everyMs: number; readonly forMs: number },
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const endMs = clock.now() + forMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || clock.now() >= endMs) return answer;
    await pause(clock, everyMs);
  }
}
