import { keptMs } from '../../../src/execution/spares/spares';
import { deferred } from '../../../src/lib/deferred';
import { everyIs, FleetUnderTest } from '../../support/fakes/fleet-under-test';
import { aFunctionVersion } from '../../support/functions/function-versions';

const version = aFunctionVersion();
const idOf = (_event: unknown, { process }: { process: { sandbox: { id: string } } }) => process.sandbox.id;

async function withOneSpare(): Promise<FleetUnderTest> {
  const fleet = new FleetUnderTest(idOf, 1);
  await fleet.fleet.prepare(version);
  await fleet.until((facts) => facts.length === 1 && everyIs('spare')(facts));
  return fleet;
}

/** Runs so many calls at the same time, and waits until their environments are free. */
async function burst(fleet: FleetUnderTest, calls: number): Promise<unknown[]> {
  const open: (() => void)[] = [];
  fleet.handler = async (event, invocation) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return idOf(event, invocation);
  };
  const answers = Array.from({ length: calls }, () => fleet.answer());
  await fleet.until(() => open.length === calls);
  for (const go of open) go();
  const ids = await Promise.all(answers);
  await fleet.until((facts) => facts.every(({ state }) => state === 'ready' || state === 'spare'));
  fleet.handler = idOf;
  return ids;
}

/** Ends all environments, and waits until their sandboxes are spares again or gone. */
async function cool(fleet: FleetUnderTest): Promise<void> {
  fleet.fleet.retire(version.functionName);
  await fleet.until(everyIs('spare'));
}

const coldStarts = (fleet: FleetUnderTest) =>
  fleet.fleet.summaries().flatMap(({ coldStart }) => (coldStart === undefined ? [] : [coldStart]));

test('a retired environment hands its sandbox back, and a burst that comes again makes none', async () => {
  await using fleet = await withOneSpare();
  const first = await burst(fleet, 4);
  expect(new Set(first).size).toBe(4);
  await cool(fleet);
  const made = fleet.engine.made.length;
  const second = await burst(fleet, 4);
  expect(new Set(second).size).toBe(4);
  expect(fleet.engine.made).toHaveLength(made);
  expect(coldStarts(fleet).filter((kind) => kind === 'on-demand')).toEqual([]);
  expect(coldStarts(fleet)).toContain('reused');
});

test('a sandbox that is used again knows nothing of its first environment', async () => {
  await using fleet = await withOneSpare();
  fleet.handler = (_event, { process, count }) => {
    process.sandbox.writeTmp('/tmp/left', Buffer.from('x'));
    return [process.sandbox.id, count];
  };
  const [id] = (await fleet.answer()) as [string, number];
  await cool(fleet);
  const sandbox = fleet.engine.sandbox(id);
  expect([...sandbox.tmp.keys()]).toEqual([]);
  expect(sandbox.vcpus).toBeUndefined();
  // The one that was made meanwhile is taken first.
  await burst(fleet, 1);
  const again = (await burst(fleet, 2)) as string[];
  expect(again).toContain(id);
});

test('spares beyond those wanted go after a while', async () => {
  await using fleet = await withOneSpare();
  await burst(fleet, 3);
  await cool(fleet);
  expect(fleet.states().length).toBeGreaterThan(1);
  fleet.clock.advance(keptMs);
  expect(fleet.states()).toEqual(['spare']);
});

test('a sandbox in which something is left, or that fails to empty itself, is removed', async () => {
  await using fleet = await withOneSpare();
  const [id] = (await burst(fleet, 1)) as [string];
  fleet.engine.sandbox(id).recyclable = false;
  await cool(fleet);
  expect(fleet.engine.sandboxes.map((each) => each.id)).not.toContain(id);
  const [next] = (await burst(fleet, 1)) as [string];
  const sandbox = fleet.engine.sandbox(next);
  sandbox.recycle = () => Promise.reject(new Error('the init does not answer'));
  await cool(fleet);
  expect(fleet.engine.sandboxes.map((each) => each.id)).not.toContain(next);
});

test('reports a sandbox that can be neither emptied nor removed, and delays no call', async () => {
  await using fleet = await withOneSpare();
  const [id] = (await burst(fleet, 1)) as [string];
  const sandbox = fleet.engine.sandbox(id);
  const remove = sandbox.remove.bind(sandbox);
  const held = deferred<boolean>();
  sandbox.recycle = () => held.promise;
  sandbox.remove = () => Promise.reject(new Error('device or resource busy'));
  fleet.fleet.retire(version.functionName);
  await fleet.until((facts) => facts.some(({ state }) => state === 'spare'));
  const calls = [fleet.answer(), fleet.answer()];
  held.resolve(false);
  expect(await Promise.all(calls)).not.toContain(id);
  expect(fleet.failures.map(({ message }) => message)).toEqual([`The spare ${id} could not be removed`]);
  await remove();
});

test('a sandbox made while others are returned is surplus only for a while', async () => {
  await using fleet = await withOneSpare();
  const making = deferred<void>();
  const create = fleet.engine.createSandbox.bind(fleet.engine);
  fleet.engine.createSandbox = (spec) => making.promise.then(() => create(spec));
  await fleet.answer();
  await cool(fleet);
  making.resolve();
  await fleet.until((facts) => facts.length === 2);
  fleet.clock.advance(keptMs);
  expect(fleet.states()).toEqual(['spare']);
});

test('a sandbox that does not get empty in time is removed', async () => {
  await using fleet = await withOneSpare();
  const [id] = (await burst(fleet, 1)) as [string];
  fleet.engine.sandbox(id).recycle = () => new Promise(() => undefined);
  fleet.fleet.retire(version.functionName);
  await fleet.until((facts) => facts.some(({ state }) => state === 'stopping'));
  fleet.clock.advance(5_000);
  await fleet.until(everyIs('spare'));
  expect(fleet.engine.sandboxes.map((each) => each.id)).not.toContain(id);
});

test('a call waits for a sandbox that is being emptied instead of making one', async () => {
  await using fleet = await withOneSpare();
  await burst(fleet, 1);
  await burst(fleet, 2);
  await fleet.until((facts) => facts.some(({ state }) => state === 'spare'));
  const held = deferred<void>();
  for (const sandbox of fleet.engine.sandboxes) {
    const recycle = sandbox.recycle.bind(sandbox);
    sandbox.recycle = () => held.promise.then(() => recycle());
  }
  fleet.fleet.retire(version.functionName);
  const made = fleet.engine.sandboxes.map(({ id }) => id);
  const calls = [fleet.answer(), fleet.answer(), fleet.answer()];
  held.resolve();
  expect((await Promise.all(calls)).sort()).toEqual(made.sort());
});

test('without spares every cold start pays for its sandbox', async () => {
  await using fleet = new FleetUnderTest(idOf, 0);
  const first = await fleet.answer();
  await fleet.until(everyIs('ready'));
  fleet.fleet.retire(version.functionName);
  await fleet.until((facts) => facts.length === 0);
  expect(await fleet.answer()).not.toBe(first);
  expect(coldStarts(fleet)).toEqual(['on-demand']);
});

test('after a crash a sandbox is not used again', async () => {
  await using fleet = await withOneSpare();
  fleet.handler = (_event, { process }) => process.exit(1);
  await fleet.answer();
  await fleet.until((facts) => facts.some(({ state }) => state === 'ready'));
  const ready = fleet.fleet.summaries().find(({ state }) => state === 'ready');
  fleet.handler = idOf;
  await cool(fleet);
  expect(fleet.engine.sandboxes.map((each) => each.id)).not.toContain(ready?.id);
});

test('a function with a minimum has spares of its own, which it takes first and which are replaced', async () => {
  await using fleet = new FleetUnderTest(idOf, { total: 1, minimum: new Map([['hello', 2]]) });
  const own = () =>
    fleet.fleet.summaries().filter((each) => each.state === 'spare' && each.functionName === 'hello');
  await fleet.fleet.prepare(version);
  await fleet.until((facts) => facts.length === 3 && own().length === 2);
  const ids = own().map(({ id }) => id);
  expect(ids).toContain(await fleet.answer());
  expect(coldStarts(fleet)).toEqual(['own-spare']);
  await fleet.until(() => own().length === 2);
  expect(fleet.failures).toEqual([]);
});

test('with reuse for any function, an emptied sandbox serves another one', async () => {
  await using fleet = new FleetUnderTest(idOf, { total: 1, minimum: new Map() }, undefined, 'any');
  const other = aFunctionVersion({ functionName: 'other', memoryMiB: 256 });
  const first = await fleet.answer();
  await fleet.until((facts) => facts.some(({ state }) => state === 'ready'));
  fleet.fleet.retire(version.functionName);
  await fleet.until((facts) => facts.length > 0 && everyIs('spare')(facts));
  const { outcome } = await fleet.call({}, other).ended;
  expect(outcome.kind === 'succeeded' && JSON.parse(outcome.payload.toString())).toBe(first);
  expect(coldStarts(fleet)).toEqual(['reused']);
  expect(fleet.engine.sandbox(String(first)).calls).toContain('recycle and vacate');
});
