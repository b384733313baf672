import { Results } from '../../src/operator-api/results';
import { TestClock } from '../support/fakes/test-clock';

const run = (scenario: string, size = 0) =>
  Buffer.from(JSON.stringify({ scenario, requests: ['x'.repeat(size)], assertions: [] }));

test('keeps runs and tunings under an id, the newest first', () => {
  const results = new Results(new TestClock());
  expect(results.add(run('night'))).toMatchObject({ id: '1', kind: 'scenario', name: 'night' });
  const tuning = Buffer.from('{"functionName":"hello","sizes":[]}');
  expect(results.add(tuning)).toMatchObject({ id: '2', kind: 'tuning', name: 'hello' });
  expect(results.rows().map(({ id }) => id)).toEqual(['2', '1']);
  expect(results.body('2')).toEqual(tuning);
});

test.each(['{', '[]', 'null', '{"requests":[]}', '{"functionName":1,"sizes":[]}'])('refuses %s', (text) => {
  const results = new Results(new TestClock());
  expect(results.add(Buffer.from(text))).toBeUndefined();
  expect(results.rows()).toEqual([]);
});

test('forgets the oldest: of more than twenty, and of more than 64 MB', () => {
  const results = new Results(new TestClock());
  for (let at = 1; at <= 21; at += 1) results.add(run(`run ${at}`));
  expect(results.rows()).toHaveLength(20);
  expect(results.body('1')).toBeUndefined();
  for (let at = 0; at < 5; at += 1) results.add(run('large', 15 * 1024 * 1024));
  expect(results.rows().map(({ name }) => name)).toEqual(['large', 'large', 'large', 'large']);
});
