import { everyIs, FleetUnderTest } from '../support/fakes/fleet-under-test';
import { aFunctionVersion } from '../support/functions/function-versions';

const version = aFunctionVersion();

const poolOf = (fleet: FleetUnderTest) => fleet.fleet.poolOf(version);
const count = (states: readonly string[], state: string) => states.filter((each) => each === state).length;

test('provisions environments ahead of need and uses them first', async () => {
  await using fleet = new FleetUnderTest((_event, { process }) => process.sandbox.id);
  expect(fleet.fleet.provisioned(version)).toEqual({ allocated: 0, available: 0, failed: false });
  fleet.fleet.provision(version, 0);
  expect(fleet.fleet.pools(version.functionName)).toEqual([]);
  fleet.fleet.provision(version, 2);
  await fleet.until(() => fleet.fleet.provisioned(version).available === 2);
  const ahead = fleet.engine.made.map(({ id }) => id);
  expect(ahead).toContain(await fleet.answer());
  expect(fleet.fleet.provisioned(version)).toMatchObject({ allocated: 2, failed: false });
  expect(fleet.engine.made).toHaveLength(2);
});

test('a provisioned environment is neither idle nor recycled by its idle time', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.fleet.provision(version, 1);
  await fleet.until(() => fleet.fleet.provisioned(version).available === 1);
  expect(poolOf(fleet).expire()).toBe(0);
  poolOf(fleet).advanceIdle(3_600_000);
  fleet.clock.advance(1);
  expect(fleet.states()).toEqual(['ready']);
});

test('fewer provisioned environments let the surplus go', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.fleet.provision(version, 3);
  await fleet.until(() => fleet.fleet.provisioned(version).available === 3);
  fleet.fleet.provision(version, 1);
  await fleet.until((facts) => facts.length === 1);
  expect(fleet.fleet.provisioned(version)).toEqual({ allocated: 1, available: 1, failed: false });
});

test('a provisioned environment that is lost is replaced', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.fleet.provision(version, 1);
  await fleet.until(() => fleet.fleet.provisioned(version).available === 1);
  fleet.engine.sandboxes[0]?.kill('killed from outside');
  await fleet.until(() => fleet.fleet.provisioned(version).available === 1 && fleet.engine.made.length === 2);
});

test('provisioning that fails says so, and is not tried again on its own', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.failNextCreation();
  fleet.fleet.provision(version, 1);
  await fleet.until(() => fleet.fleet.provisioned(version).failed);
  expect(fleet.fleet.provisioned(version)).toEqual({ allocated: 0, available: 0, failed: true });
  expect(fleet.engine.made).toHaveLength(0);
  fleet.fleet.provision(version, 1);
  await fleet.until(() => fleet.fleet.provisioned(version).available === 1);
  expect(fleet.failures).toHaveLength(1);
});

test('warms as many as are missing, and scales in the free ones first', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => new Promise<void>((resolve) => open.push(resolve)));
  expect(await poolOf(fleet).warm(3)).toBe(3);
  expect(fleet.states()).toEqual(['ready', 'ready', 'ready']);
  expect(await poolOf(fleet).warm(2)).toBe(0);
  const call = fleet.call();
  await fleet.until(() => open.length === 1);
  expect(poolOf(fleet).scaleIn(1)).toBe(2);
  await fleet.until((facts) => facts.length === 1);
  expect(fleet.states()).toEqual(['invoking']);
  open[0]?.();
  expect((await call.ended).outcome.kind).toBe('succeeded');
  expect(poolOf(fleet).scaleIn(1)).toBe(0);
});

test('ends free environments as the idle time would, and those alone', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => new Promise<void>((resolve) => open.push(resolve)));
  await poolOf(fleet).warm(2);
  fleet.call();
  await fleet.until(() => open.length === 1);
  expect(poolOf(fleet).expire()).toBe(1);
  await fleet.until((facts) => facts.length === 1);
  open[0]?.();
});

test('free environments can be frozen and thawed at once; the next call thaws one', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  await poolOf(fleet).warm(1);
  const calls = () =>
    fleet.engine.sandboxes[0]?.calls.filter((call) => call === 'freeze' || call === 'thaw') ?? [];
  expect(poolOf(fleet).setFrozen(true)).toBe(1);
  const before = calls().length;
  expect(calls().at(-1)).toBe('freeze');
  expect(poolOf(fleet).setFrozen(true)).toBe(1);
  expect(calls()).toHaveLength(before);
  expect(poolOf(fleet).setFrozen(false)).toBe(1);
  expect(calls().at(-1)).toBe('thaw');
  expect(poolOf(fleet).setFrozen(true)).toBe(1);
  expect(await fleet.answer()).toBe(1);
  expect(calls().slice(-2)).toEqual(['freeze', 'thaw']);
});

test('no environment that is at work can be frozen', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => new Promise<void>((resolve) => open.push(resolve)));
  fleet.call();
  await fleet.until(() => open.length === 1);
  expect(poolOf(fleet).setFrozen(true)).toBe(0);
  open[0]?.();
});

test('forced cold starts make an environment each, although others are free', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  poolOf(fleet).forceCold(2);
  for (let call = 0; call < 3; call += 1) {
    await fleet.answer();
    await fleet.until(everyIs('ready'));
  }
  expect(fleet.engine.made).toHaveLength(3);
  expect(count(fleet.states(), 'ready')).toBe(3);
});
