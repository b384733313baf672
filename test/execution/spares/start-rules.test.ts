import { StartRules } from '../../../src/execution/spares/start-rules';
import { everyIs, FleetUnderTest } from '../../support/fakes/fleet-under-test';

const delayed = (ms: number) => ({
  name: 'hello',
  starts: { coldDelay: { distribution: { kind: 'constant', ms } as const, source: 'a test' } },
});

function rules(...functions: Parameters<StartRules['replace']>[0]) {
  const said: string[] = [];
  const made = new StartRules((sentence) => said.push(sentence));
  made.replace(functions);
  return { made, said };
}

const fleetBy = (made: StartRules) =>
  new FleetUnderTest(
    () => 1,
    0,
    undefined,
    'function',
    () => undefined,
    made,
  );

test('a declared delay comes before the start of the runtime, and the log names it as declared', async () => {
  const { made, said } = rules(delayed(300));
  await using fleet = fleetBy(made);
  const { ended } = fleet.call();
  await fleet.until(() => said.length === 1);
  expect(fleet.states()).toEqual(['starting']);
  fleet.clock.advance(299);
  expect(fleet.states()).toEqual(['starting']);
  fleet.clock.advance(1);
  expect((await ended).outcome.kind).toBe('succeeded');
  expect(said).toEqual(['hello: cold start delayed by 300 ms. This is declared, not measured (a test).']);
  await fleet.answer();
  expect(said).toHaveLength(1);
});

test('an environment that ends during its delay leaves nothing', async () => {
  const { made, said } = rules(delayed(60_000));
  await using fleet = fleetBy(made);
  const { ended } = fleet.call();
  await fleet.until(() => said.length === 1);
  await fleet.fleet.close();
  expect((await ended).outcome.kind).toBe('platformFailed');
  expect(fleet.failures).toEqual([]);
});

test('a function can have its own idle timeout', async () => {
  const { made } = rules({ name: 'hello', starts: { idleTimeoutMs: 5_000 } });
  await using fleet = fleetBy(made);
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  fleet.clock.advance(4_999);
  expect(fleet.states()).toEqual(['ready']);
  fleet.clock.advance(1);
  await fleet.until((facts) => facts.length === 0);
});

test('rules are replaced as a whole', () => {
  const { made } = rules(delayed(1));
  made.replace([]);
  expect(made.of('hello')).toBeUndefined();
  expect(made.delayOf('hello')).toBeUndefined();
});
