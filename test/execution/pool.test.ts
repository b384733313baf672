import { Environment } from '../../src/execution/environment';
import { InitTimeouts } from '../../src/execution/init-timeouts';
import { Invocation } from '../../src/execution/invocation';
import { deferred } from '../../src/lib/deferred';
import { RuntimeApi } from '../../src/runtime-api/runtime-api';
import { Journal } from '../../src/telemetry/journal';
import { FakeEngine } from '../support/fakes/fake-engine';
import { lambdaRuntime } from '../support/fakes/fake-runtime';
import { everyIs, FleetUnderTest } from '../support/fakes/fleet-under-test';
import { TestClock } from '../support/fakes/test-clock';
import { aFunctionVersion, anInvocationRequest } from '../support/functions/function-versions';

const version = aFunctionVersion();

test('consecutive calls share an environment, also when the next one comes before the runtime polls', async () => {
  await using fleet = new FleetUnderTest((_event, { count }) => count);
  for (let call = 1; call <= 50; call += 1) expect(await fleet.answer()).toBe(call);
  expect(fleet.engine.made).toHaveLength(1);
  expect(fleet.failures).toEqual([]);
});

test('concurrent calls get an environment each, and the most recently used one is taken first', async () => {
  const open = new Map<string, () => void>();
  await using fleet = new FleetUnderTest(async ({ name }: { name?: string }, { process }) => {
    if (name !== undefined) await new Promise<void>((resolve) => open.set(name, resolve));
    return process.sandbox.id;
  });
  const one = fleet.call({ name: 'one' });
  const two = fleet.call({ name: 'two' });
  await fleet.until(() => open.size === 2);
  open.get('two')?.();
  await two.ended;
  await fleet.until((facts) => facts.some((each) => each.state === 'ready'));
  open.get('one')?.();
  const { outcome } = await one.ended;
  await fleet.until(everyIs('ready'));
  expect(fleet.engine.made).toHaveLength(2);
  expect(await fleet.answer()).toBe(outcome.kind === 'succeeded' && JSON.parse(outcome.payload.toString()));
});

test('an unused environment ends after the idle time', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  fleet.clock.advance(59_999);
  expect(fleet.states()).toEqual(['ready']);
  fleet.clock.advance(1);
  await fleet.until((facts) => facts.length === 0);
});

/** What its sandbox was asked to do, without the answers' barriers. */
const callsOf = (fleet: FleetUnderTest) => fleet.engine.sandboxes[0]?.calls ?? [];

test('an environment is frozen a millisecond after it is free, and not between two back-to-back calls', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest((_event, { count }) => count);
  // Answers, and asks for its next event only when it is let.
  fleet.engine.runtime = async (process) => {
    for (let count = 1; ; count += 1) {
      const next = await process.http('GET', '/2018-06-01/runtime/invocation/next');
      const id = String(next.headers['lambda-runtime-aws-request-id']);
      await process.http('POST', `/2018-06-01/runtime/invocation/${id}/response`, { body: String(count) });
      await new Promise<void>((resolve) => open.push(resolve));
    }
  };
  expect(await fleet.answer()).toBe(1);
  const second = fleet.call();
  await fleet.until(() => open.length === 1);
  open[0]?.();
  await second.ended;
  expect(callsOf(fleet).filter((call) => call === 'freeze' || call === 'thaw')).toEqual([]);
  await fleet.until(() => open.length === 2);
  open[1]?.();
  await fleet.until(everyIs('ready'));
  fleet.clock.advance(1);
  expect(callsOf(fleet).filter((call) => call === 'freeze' || call === 'thaw')).toEqual(['freeze']);
  const third = fleet.call();
  await fleet.until(() => open.length === 3);
  open[2]?.();
  await third.ended;
  expect(
    callsOf(fleet)
      .filter((call) => call === 'freeze' || call === 'thaw')
      .slice(0, 2),
  ).toEqual(['freeze', 'thaw']);
});

test('a delivery says whether it follows the last one closely', async () => {
  await using fleet = new FleetUnderTest((_event, { count }) => count);
  const deliveries = fleet.deliveries;
  await fleet.answer();
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  fleet.clock.advance(1);
  await fleet.answer();
  expect(deliveries.map(({ followsClosely }) => followsClosely)).toEqual([false, true, false]);
});

test('a call that ends well requests no figures, which came with the poll', async () => {
  await using fleet = new FleetUnderTest((_event, { count }) => count);
  for (let call = 1; call <= 5; call += 1) expect(await fleet.answer()).toBe(call);
  await fleet.until(everyIs('ready'));
  expect(callsOf(fleet)).not.toContain('figures');
});

test('a call that waits for an environment gets a new one after the grace period', async () => {
  const stuck: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => 1);
  // A runtime that answers and does not ask for its next event.
  fleet.engine.runtime = async (process) => {
    const next = await process.http('GET', '/2018-06-01/runtime/invocation/next');
    const id = String(next.headers['lambda-runtime-aws-request-id']);
    await process.http('POST', `/2018-06-01/runtime/invocation/${id}/response`, { body: '"late"' });
    await new Promise<void>((resolve) => stuck.push(resolve));
  };
  await fleet.answer();
  const second = fleet.call();
  expect(fleet.engine.made).toHaveLength(1);
  fleet.clock.advance(250);
  await second.ended;
  expect(fleet.engine.made).toHaveLength(2);
  for (const go of stuck) go();
});

test('a call right after a crash gets the same environment, once its processes have been killed', async () => {
  await using fleet = new FleetUnderTest(({ crash }: { crash?: boolean }, { process, count }) =>
    crash ? process.exit(1) : count,
  );
  expect(await fleet.answer()).toBe(1);
  await fleet.until(everyIs('ready'));
  const [sandbox] = fleet.engine.sandboxes;
  if (sandbox === undefined) throw new Error('no sandbox was made');
  const reset = sandbox.reset.bind(sandbox);
  const held = deferred<void>();
  sandbox.reset = () => held.promise.then(reset);
  expect(await fleet.answer({ crash: true })).toMatchObject({ errorType: 'Runtime.ExitError' });
  const next = fleet.call();
  expect(fleet.states()).toEqual(['resetting']);
  held.resolve();
  expect((await next.ended).outcome.kind).toBe('succeeded');
  expect(fleet.engine.made).toHaveLength(1);
});

test('a call that waits for a lost environment gets another one', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.runtime = async (process) => {
    const next = await process.http('GET', '/2018-06-01/runtime/invocation/next');
    const id = String(next.headers['lambda-runtime-aws-request-id']);
    await process.http('POST', `/2018-06-01/runtime/invocation/${id}/response`, { body: '1' });
    await new Promise<void>(() => undefined);
  };
  await fleet.answer();
  const second = fleet.call();
  fleet.engine.sandboxes[0]?.kill('killed from outside');
  expect((await second.ended).outcome.kind).toBe('succeeded');
});

test('a failure to create a sandbox ends the call with the reason, and the next call tries again', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.failNextCreation();
  expect(await fleet.answer()).toEqual({ kind: 'platformFailed', reason: 'The sandbox ended at once.' });
  expect(fleet.failures).toHaveLength(1);
  expect(await fleet.answer()).toBe(1);
});

test('a cold start takes the spare, which is replaced; a spare that died is not used', async () => {
  await using fleet = new FleetUnderTest((_event, { process }) => process.sandbox.id, 1);
  await fleet.fleet.prepare(version);
  await fleet.until((facts) => facts.some((each) => each.state === 'spare'));
  const [spare] = fleet.fleet.summaries();
  expect(await fleet.answer()).toBe(spare?.id);
  await fleet.until((facts) => facts.some((each) => each.state === 'spare'));
  const [next] = fleet.fleet.summaries().filter((each) => each.state === 'spare');
  fleet.engine.sandbox(String(next?.id)).kill('killed from outside');
  fleet.fleet.retire(version.functionName);
  expect(await fleet.answer()).not.toBe(next?.id);
  expect(fleet.fleet.summaries().filter((each) => each.state !== 'spare')[0]).toMatchObject({
    coldStart: 'on-demand',
  });
});

test('retiring lets a running call end and makes the next one cold', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(async (_event, { count }) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return count;
  });
  const first = fleet.call();
  await fleet.until(() => open.length === 1);
  expect(fleet.fleet.retire(version.functionName)).toBe(1);
  open[0]?.();
  expect((await first.ended).outcome.kind).toBe('succeeded');
  await fleet.until((facts) => facts.length === 0);
  const second = fleet.call();
  await fleet.until(() => open.length === 2);
  open[1]?.();
  await second.ended;
  expect(fleet.engine.made).toHaveLength(2);
});

test('a replaced version leaves nothing, not even an environment started for a waiting call', async () => {
  const held = deferred<void>();
  await using fleet = new FleetUnderTest(({ crash }: { crash?: boolean }, { process }) =>
    crash ? process.exit(1) : 1,
  );
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  const [sandbox] = fleet.engine.sandboxes;
  if (sandbox === undefined) throw new Error('no sandbox was made');
  sandbox.reset = () => held.promise.then(() => Promise.reject(new Error('it cannot be reset')));
  await fleet.answer({ crash: true });
  const waiting = fleet.call();
  fleet.fleet.keep(version.functionArn, [{ ...version, revision: 'r2' }]);
  sandbox.kill('killed from outside');
  held.resolve();
  expect((await waiting.ended).outcome.kind).toBe('succeeded');
  await fleet.until(() => fleet.engine.sandboxes.length === 0);
});

test('the REPORT of a failed repeated init has the memory of that attempt', async () => {
  const lines: string[] = [];
  let starts = 0;
  await using fleet = new FleetUnderTest(
    () => 1,
    0,
    (line) => void lines.push(line.text),
  );
  fleet.engine.runtime = lambdaRuntime(() => 1, {
    init: (process) => {
      starts += 1;
      process.useMemory((starts === 1 ? 20 : 100) * 1_048_576);
      if (starts > 1) process.exit(1);
    },
  });
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  fleet.engine.sandboxes[0]?.process('runtime').end({ code: 1, outOfMemory: false });
  await fleet.until((facts) => facts.every(({ state }) => state === 'ready') && fleet.resets() === 1);
  expect(await fleet.answer()).toMatchObject({ errorType: 'Runtime.ExitError' });
  await fleet.until(() => lines.filter((text) => text.startsWith('REPORT')).length === 2);
  expect(
    lines.filter((text) => text.startsWith('REPORT')).map((text) => /Used: (\d+)/.exec(text)?.[1]),
  ).toEqual(['20', '100']);
});

test('reports an event that the table refuses, and changes nothing', () => {
  const failures: Error[] = [];
  const clock = new TestClock();
  const environment = new Environment(
    version,
    {
      engine: new FakeEngine(),
      clock,
      journal: new Journal(),
      openLink: new RuntimeApi().openLink,
      identity: { region: 'us-east-1', accountId: '000000000000', extra: {} },
      idleTimeoutMs: 1,
      freeze: true,
      resetInit: 'boosted',
      initTimeouts: new InitTimeouts(() => undefined),
      fail: (error) => failures.push(error),
    },
    { changed: () => undefined, takeBack: async () => undefined },
    { cause: 'first-call' },
  );
  environment.assign(new Invocation(anInvocationRequest()));
  expect(environment.state).toBe('starting');
  expect(failures[0]?.message).toMatch(/event assigned is not allowed in state starting/);
  clock.advance(200_000);
  expect(environment.state).toBe('gone');
});

test('closing the fleet ends and answers running calls, and leaves no sandbox', async () => {
  const fleet = new FleetUnderTest(() => new Promise(() => undefined), 1);
  await fleet.fleet.prepare(version);
  const stuck = fleet.call();
  await fleet.until(
    (facts) =>
      facts.some((each) => each.state === 'invoking') && facts.some((each) => each.state === 'spare'),
  );
  const cold = fleet.call();
  await fleet[Symbol.asyncDispose]();
  for (const invocation of [stuck, cold]) {
    expect((await invocation.ended).outcome).toEqual({
      kind: 'platformFailed',
      reason: 'lambdock is shutting down',
    });
  }
});

test('a replaced version ends its calls on the old code and goes with the last one', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => new Promise<void>((resolve) => open.push(resolve)), 1);
  const old = fleet.call();
  await fleet.until(() => open.length === 1);
  fleet.fleet.keep(version.functionArn, [{ ...version, revision: 'r2' }]);
  open[0]?.();
  expect((await old.ended).outcome.kind).toBe('succeeded');
  await fleet.until(() => fleet.engine.sandboxes.length === 0);
});

const poolOf = (fleet: FleetUnderTest) => fleet.fleet.poolOf(version);

test('a forced cold start leaves the free environment alone, once', async () => {
  await using fleet = new FleetUnderTest((_event, { process }) => process.sandbox.id);
  const first = await fleet.answer();
  await fleet.until(everyIs('ready'));
  poolOf(fleet).forceCold(1);
  const second = await fleet.answer();
  expect(second).not.toBe(first);
  await fleet.until(everyIs('ready'));
  expect([first, second]).toContain(await fleet.answer());
  expect(fleet.engine.made).toHaveLength(2);
});

test('warms so many environments in all, and scales in again, free ones first', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => new Promise<void>((resolve) => open.push(resolve)));
  const busy = fleet.call();
  await fleet.until(() => open.length === 1);
  expect(await poolOf(fleet).warm(3)).toBe(2);
  expect(fleet.states().sort()).toEqual(['invoking', 'ready', 'ready']);
  expect(await poolOf(fleet).warm(3)).toBe(0);
  expect(poolOf(fleet).scaleIn(1)).toBe(2);
  await fleet.until((facts) => facts.length === 1);
  expect(fleet.states()).toEqual(['invoking']);
  open[0]?.();
  await busy.ended;
});

test('idle time that is let pass ends environments without waiting', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  poolOf(fleet).advanceIdle(59_000);
  fleet.clock.advance(999);
  expect(fleet.states()).toEqual(['ready']);
  fleet.clock.advance(1);
  await fleet.until((facts) => facts.length === 0);
});

test('expires idle environments and no others', async () => {
  const open: (() => void)[] = [];
  await using fleet = new FleetUnderTest(() => new Promise<void>((resolve) => open.push(resolve)));
  const busy = fleet.call();
  await fleet.until(() => open.length === 1);
  await poolOf(fleet).warm(2);
  expect(poolOf(fleet).expire()).toBe(1);
  await fleet.until((facts) => facts.length === 1);
  expect(fleet.states()).toEqual(['invoking']);
  open[0]?.();
  await busy.ended;
});

test('thaws and freezes idle environments by hand; the next invocation thaws them as ever', async () => {
  await using fleet = new FleetUnderTest((_event, { count }) => count);
  await fleet.answer();
  await fleet.until(everyIs('ready'));
  fleet.clock.advance(1);
  const froze = () => callsOf(fleet).filter((call) => call === 'freeze' || call === 'thaw');
  expect(poolOf(fleet).setFrozen(false)).toBe(1);
  expect(froze()).toEqual(['freeze', 'thaw']);
  expect(poolOf(fleet).setFrozen(true)).toBe(1);
  expect(await fleet.answer()).toBe(2);
  expect(froze()).toEqual(['freeze', 'thaw', 'freeze', 'thaw']);
});

test('warming a function that is debugged starts its one environment, and no second one', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  const pool = fleet.fleet.poolOf(aFunctionVersion({ debug: { port: 9_230, wait: false } }));
  expect(await pool.warm(3)).toBe(1);
  expect(await pool.warm(3)).toBe(0);
  expect(pool.environments.size).toBe(1);
});
