import type { FunctionRow } from '../../src/operator-api/contract';
import { DeploymentWatch } from '../../src/operator-api/deployment-watch';
import { TestClock } from '../support/fakes/test-clock';

const row = (changes: Partial<FunctionRow> = {}): FunctionRow => ({
  name: 'hello',
  packageType: 'Zip',
  memorySize: 128,
  timeout: 3,
  ephemeralStorage: 512,
  state: 'ready',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
  ...changes,
});

function watched(...first: FunctionRow[]) {
  const clock = new TestClock();
  const now = { rows: first };
  const watch = new DeploymentWatch({ functions: () => now.rows, clock });
  return { clock, now, watch };
}

test('records changed and deleted functions', () => {
  const { clock, now, watch } = watched(row());
  watch.touch('hello');
  clock.advance(250);
  now.rows = [row({ memorySize: 256, timeout: 9 })];
  watch.touch('hello');
  clock.advance(250);
  now.rows = [];
  watch.touch('hello');
  clock.advance(250);
  expect(watch.history).toMatchObject([
    { functionName: 'hello', state: 'ready', changed: [] },
    { functionName: 'hello', state: 'ready', changed: ['memorySize', 'timeout'] },
    { functionName: 'hello', state: 'removed', changed: [] },
  ]);
});

test('a deployment of other code is noted, though the row is the same', () => {
  const { clock, watch } = watched(row());
  watch.touch('hello');
  clock.advance(250);
  watch.touch('hello');
  clock.advance(250);
  expect(watch.history).toHaveLength(2);
});

test('looks on while a function is prepared, until it is ready', () => {
  const { clock, now, watch } = watched(row({ state: 'preparing' }));
  const seen: string[] = [];
  watch.follow(({ state }) => seen.push(state));
  watch.touch('hello');
  clock.advance(2_000);
  now.rows = [row()];
  clock.advance(250);
  expect(seen).toEqual(['preparing', 'ready']);
  expect(clock.alarms).toEqual([]);
});

test('sets no alarm after it was closed', () => {
  const { clock, watch } = watched(row());
  watch.touch('hello');
  watch.close();
  watch.touch('hello');
  expect(clock.alarms).toEqual([]);
});
