import { chromeTrace } from '../../../../src/laboratory/page/exports/chrome-trace';
import { pageData } from '../../../support/laboratory/page-data';

const { environments, invocations } = pageData({
  environments: 6,
  invocationsEach: 3,
  spanMs: 60_000,
}).timeline;

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}

const { traceEvents: events } = JSON.parse(chromeTrace(environments, invocations)) as {
  readonly traceEvents: readonly Event[];
};

test('a function is a process and an environment a thread of it', () => {
  const named = (name: string) => events.filter((each) => each.ph === 'M' && each.name === name);
  expect(named('process_name').map(({ args }) => args.name)).toEqual([
    'orders',
    'thumbnails',
    'welcome-mail',
    'prices',
  ]);
  expect(named('thread_name').map(({ args }) => args.name)).toEqual(environments.map(({ id }) => id));
  expect(named('thread_name')[4]?.pid).toBe(named('process_name')[0]?.pid);
});

test('times are whole microseconds, and the cause of each start is marked', () => {
  const marks = events.filter(({ ph }) => ph === 'i');
  expect(marks).toHaveLength(environments.length);
  expect(marks[0]).toMatchObject({
    name: 'cold start: first-call',
    ts: Math.round((environments[0]?.states[0]?.at ?? 0) * 1_000),
  });
  expect(events.filter(({ ph }) => ph === 'X').every(({ ts, dur }) => Number.isInteger(ts) && dur >= 0)).toBe(
    true,
  );
});

test('spans of a thread follow each other or lie within each other, as viewers require', () => {
  const threads = new Map<number, Event[]>();
  for (const each of events.filter(({ ph }) => ph === 'X')) {
    threads.set(each.tid, [...(threads.get(each.tid) ?? []), each]);
  }
  for (const spans of threads.values()) {
    spans.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    const open: Event[] = [];
    for (const each of spans) {
      while ((open.at(-1)?.ts ?? 0) + (open.at(-1)?.dur ?? 0) <= each.ts && open.length > 0) open.pop();
      const around = open.at(-1);
      // A microsecond may be lost in rounding.
      if (around) expect(each.ts + each.dur).toBeLessThanOrEqual(around.ts + around.dur + 1);
      open.push(each);
    }
  }
});

test('an invocation that no environment took is left out until it has started', () => {
  const [first] = invocations;
  if (first === undefined) throw new Error('There is no invocation.');
  const { environmentId: _, startedAt: _started, ...waiting } = first;
  expect(JSON.parse(chromeTrace([], [{ ...waiting, status: 'waiting' }])).traceEvents).toHaveLength(1);
});
