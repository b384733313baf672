import { chromeTrace } from '../../../src/cli/laboratory/chrome-trace';
import { aCold, anEnvironment, aWarm } from '../../support/laboratory/environment-traces';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid?: number;
}

const eventsOf = (...parts: Parameters<typeof chromeTrace>) =>
  (chromeTrace(...parts) as { readonly traceEvents: readonly Event[] }).traceEvents;

const [cold, warm, lane] = [aCold(), aWarm(), anEnvironment()];
const now = warm.arrivedAt + 100;

test('names a process for each function and a thread for each environment', () => {
  const events = eventsOf({ now, since: 0, environments: [lane], invocations: [cold, warm] });
  expect(events.filter(({ ph }) => ph === 'M').map(({ name, pid, tid }) => [name, pid, tid])).toEqual([
    ['process_name', 1, undefined],
    ['thread_name', 1, 1],
  ]);
});

test('slices of one thread lie within each other or one after another, as viewers demand', () => {
  const slices = eventsOf({ now, since: 0, environments: [lane], invocations: [cold, warm] }).filter(
    ({ ph, name }) => ph === 'X' && !['made', 'init'].includes(name),
  );
  for (const one of slices)
    for (const other of slices) {
      const [from, to] = [one.ts ?? 0, (one.ts ?? 0) + (one.dur ?? 0)];
      const [begin, end] = [other.ts ?? 0, (other.ts ?? 0) + (other.dur ?? 0)];
      const isApart = end <= from || begin >= to;
      const isWithin = (begin >= from && end <= to) || (from >= begin && to <= end);
      expect(isApart || isWithin).toBe(true);
    }
});

test('times are in microseconds, and a declared delay says so', () => {
  const events = eventsOf({ now, since: 0, environments: [lane], invocations: [cold] });
  const delay = events.find(({ name }) => name === 'cold-delay (declared)');
  expect(delay).toMatchObject({ ts: (cold.arrivedAt + 100) * 1_000, dur: 50_000 });
});

test('the wait of a warm invocation is not drawn over the one before it', () => {
  const queued = aWarm({
    phases: [{ name: 'queue', at: warm.arrivedAt - 5, durationMs: 5 }, ...warm.phases],
    arrivedAt: warm.arrivedAt - 5,
  });
  const names = eventsOf({ now, since: 0, environments: [lane], invocations: [queued] }).map(
    ({ name }) => name,
  );
  expect(names).not.toContain('queue');
  expect(names).toContain('handler');
});
