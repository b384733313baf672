import { Recording } from '../../../src/laboratory/page/recording';
import { pageData, pageNowMs } from '../../support/laboratory/page-data';

const { timeline } = pageData({ environments: 8, invocationsEach: 3, spanMs: 60_000 });

function filled(): Recording {
  const recording = new Recording();
  recording.fill(timeline, pageNowMs - 5_000);
  return recording;
}

test('lanes are in the order of their functions, and of their starts within one', () => {
  const recording = filled();
  const names = recording.lanes().map(({ environment }) => environment.functionName);
  expect(names).toEqual([...names].sort());
  const [first, second] = recording.lanes();
  expect(first?.from).toBeLessThan(second?.from ?? 0);
  expect(first?.invocations).toHaveLength(3);
  expect(recording.clockOffsetMs).toBe(5_000);
});

test('a newer row takes the place of the one before', () => {
  const recording = filled();
  const [invocation] = timeline.invocations;
  const [environment] = timeline.environments;
  if (!invocation || !environment) throw new Error('There is nothing recorded.');
  recording.apply({
    invocations: [{ ...invocation, status: 'timeout' }],
    environments: [{ ...environment, state: 'gone' }],
  });
  expect(recording.invocation(invocation.requestId)?.status).toBe('timeout');
  expect(recording.environment(environment.id)?.state).toBe('gone');
  expect(recording.lanes()).toHaveLength(8);
  const lane = recording.lanes().find((each) => each.environment.id === environment.id);
  expect(lane?.invocations.map(({ status }) => status)).toContain('timeout');
  expect(lane?.invocations).toHaveLength(3);
});

test('what came live while the timeline was read is kept', () => {
  const recording = new Recording();
  const [invocation] = timeline.invocations;
  if (!invocation) throw new Error('There is nothing recorded.');
  recording.apply({ invocations: [{ ...invocation, status: 'timeout' }] });
  recording.fill(timeline, pageNowMs);
  expect(recording.invocation(invocation.requestId)?.status).toBe('timeout');
});

test('an invocation may come before its environment', () => {
  const recording = new Recording();
  recording.apply({ invocations: timeline.invocations });
  recording.apply({ environments: timeline.environments });
  expect(recording.lanes().every(({ invocations }) => invocations.length === 3)).toBe(true);
});

test('the oldest invocations are forgotten beyond 50,000', () => {
  const recording = filled();
  const [invocation] = timeline.invocations;
  if (!invocation) throw new Error('There is nothing recorded.');
  const many = Array.from({ length: 50_000 }, (_, at) => ({ ...invocation, requestId: `more-${at}` }));
  recording.apply({ invocations: many });
  expect(recording.invocation(invocation.requestId)).toBeUndefined();
  expect(recording.invocations()).toHaveLength(50_000);
});
