import { Concurrency } from '../../src/execution/concurrency';
import { Invoker } from '../../src/execution/invoker';
import { Recorder, type RecorderLimits } from '../../src/laboratory/recorder';
import { statsOf } from '../../src/laboratory/stats';
import type { InvocationTrace } from '../../src/operator-api/contract';
import type { FakeHandler } from '../support/fakes/fake-runtime';
import { everyIs, FleetUnderTest } from '../support/fakes/fleet-under-test';
import { aFunctionVersion, anInvocationRequest } from '../support/functions/function-versions';

const limits: RecorderLimits = { invocations: 100, environments: 10, ageMs: 3_600_000 };

/** A fleet whose recorder sees it; requests have the ids 1, 2, 3, … */
class Recorded implements AsyncDisposable {
  readonly under: FleetUnderTest;
  readonly recorder: Recorder;
  readonly #invoker: Invoker;
  #requests = 0;

  constructor(
    handler: FakeHandler,
    { concurrency = 1_000, ...changes }: Partial<RecorderLimits> & { concurrency?: number } = {},
  ) {
    const box: Recorder[] = [];
    this.under = new FleetUnderTest(
      handler,
      0,
      () => undefined,
      'function',
      (clock) => {
        box.push(new Recorder(clock, { ...limits, ...changes }));
        return box[0];
      },
    );
    this.recorder = box[0] as Recorder;
    const admission = new Concurrency({ limit: concurrency, reserved: () => new Map() });
    this.#invoker = new Invoker(this.under.fleet, admission, this.recorder);
  }

  async invoke(changes: Parameters<typeof anInvocationRequest>[0] = {}): Promise<void> {
    this.#requests += 1;
    await this.#invoker.invoke(anInvocationRequest({ requestId: String(this.#requests), ...changes }));
  }

  /** Every environment is free, and every figure known. */
  async rest(): Promise<void> {
    const isReported = ({ status, durationMs }: InvocationTrace) =>
      durationMs !== undefined || status === 'throttled';
    await this.under.until(
      (details) => everyIs('ready')(details) && this.recorder.timeline().invocations.every(isReported),
    );
  }

  get causes(): readonly string[] {
    return this.recorder.timeline().environments.map(({ cause }) => cause);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.under[Symbol.asyncDispose]();
  }
}

test('a cold and a warm invocation share an environment; only the first has phases of a start', async () => {
  await using lab = new Recorded(() => 1);
  await lab.invoke();
  await lab.rest();
  await lab.invoke();
  await lab.rest();
  const { environments, invocations } = lab.recorder.timeline();
  expect(environments).toMatchObject([
    {
      functionName: 'hello',
      cause: 'first-call',
      state: 'ready',
      invocations: 2,
      sandbox: { origin: 'on-demand', fill: 'linked' },
    },
  ]);
  expect(environments[0]?.states.map(({ state }) => state)).toEqual(['made', 'init', 'live']);
  expect(invocations).toMatchObject([
    {
      requestId: '1',
      isCold: true,
      cause: 'first-call',
      status: 'success',
      environmentId: environments[0]?.id,
    },
    { requestId: '2', isCold: false, status: 'success', environmentId: environments[0]?.id },
  ]);
  expect(invocations[1]?.cause).toBeUndefined();
});

test('phases follow one another and have the times that passed', async () => {
  await using lab = new Recorded(async () => {
    lab.under.clock.advance(30);
    return 1;
  });
  lab.under.engine.runtime = ((given) => async (process) => {
    lab.under.clock.advance(120);
    await given(process);
  })(lab.under.engine.runtime);
  await lab.invoke();
  await lab.rest();
  const [invocation] = lab.recorder.timeline().invocations;
  expect(invocation?.phases.map(({ name, durationMs }) => [name, durationMs])).toEqual([
    ['sandbox', 0],
    ['runtime-init', 120],
    ['handler', 30],
  ]);
  expect(invocation).toMatchObject({ durationMs: 30, initDurationMs: 120, billedMs: 150 });
  expect((invocation?.endedAt ?? 0) - (invocation?.arrivedAt ?? 0)).toBe(150);
});

test('an invocation is frozen after it when no other follows', async () => {
  await using lab = new Recorded(() => 1);
  await lab.invoke();
  await lab.rest();
  lab.under.clock.advance(1);
  const { environments, invocations } = lab.recorder.timeline();
  expect(environments[0]?.isFrozen).toBe(true);
  expect(invocations[0]?.frozenAt).toBeGreaterThanOrEqual(invocations[0]?.freeAt ?? Number.POSITIVE_INFINITY);
});

test('names the cause of every cold start', async () => {
  const open: (() => void)[] = [];
  let isHeld = true;
  await using lab = new Recorded(async () => {
    if (isHeld) await new Promise<void>((resolve) => open.push(resolve));
    return 1;
  });
  const both = [lab.invoke(), lab.invoke()];
  await lab.under.until(() => open.length === 2);
  isHeld = false;
  for (const each of open) each();
  await Promise.all(both);
  await lab.rest();
  expect(lab.causes).toEqual(['first-call', 'scale-out']);

  lab.under.clock.advance(60_000);
  await lab.under.until((details) => details.length === 0);
  await lab.invoke();
  await lab.rest();
  expect(lab.causes.at(-1)).toBe('idle-expiry');
  expect(lab.recorder.timeline().environments[0]?.endCause).toBe('idle-expiry');

  lab.under.fleet.retire('hello');
  await lab.under.until((details) => details.length === 0);
  await lab.invoke();
  await lab.rest();
  expect(lab.causes.at(-1)).toBe('retired');

  await lab.invoke({ isForcedCold: true });
  await lab.rest();
  expect(lab.causes.at(-1)).toBe('forced');

  const changed = aFunctionVersion({ revision: 'r2' });
  lab.under.fleet.keep(changed.functionArn, [changed]);
  await lab.invoke({ version: changed });
  expect(lab.causes.at(-1)).toBe('code-change');
});

test('an environment whose sandbox was lost is followed by one whose cause is the crash', async () => {
  await using lab = new Recorded(() => 1);
  await lab.invoke();
  await lab.rest();
  lab.under.engine.sandboxes[0]?.kill('the machine is away');
  await lab.under.until((details) => details.length === 0);
  await lab.invoke();
  expect(lab.causes).toEqual(['first-call', 'crash']);
});

test('a request that is refused for concurrency is a throttle, and has no environment', async () => {
  await using lab = new Recorded(() => 1, { concurrency: 0 });
  await expect(lab.invoke()).rejects.toThrow('Rate Exceeded.');
  const { environments, invocations } = lab.recorder.timeline();
  expect(environments).toEqual([]);
  expect(invocations).toMatchObject([{ requestId: '1', status: 'throttled', phases: [] }]);
  expect(statsOf(lab.recorder).functions).toMatchObject([
    { functionName: 'hello', invocations: 0, throttles: 1, coldShare: 0 },
  ]);
});

test('an error of the handler and an invocation without a sandbox count as errors', async () => {
  await using lab = new Recorded(() => {
    throw new TypeError('no');
  });
  await lab.invoke();
  lab.under.fleet.retire('hello');
  await lab.under.until((details) => details.length === 0);
  lab.under.engine.failNextCreation();
  await expect(lab.invoke()).rejects.toThrow('The sandbox ended at once.');
  expect(lab.recorder.timeline().invocations).toMatchObject([{ status: 'error' }, { status: 'failure' }]);
  expect(statsOf(lab.recorder).functions[0]).toMatchObject({ invocations: 2, errors: 2, environments: 0 });
});

test('remembers so many invocations and forgets the oldest', async () => {
  await using lab = new Recorded(() => 1, { invocations: 3 });
  for (let call = 1; call <= 5; call += 1) await lab.invoke();
  await lab.rest();
  expect(lab.recorder.timeline().invocations.map(({ requestId }) => requestId)).toEqual(['3', '4', '5']);
  expect(lab.recorder.timeline({ limit: 1 }).invocations.map(({ requestId }) => requestId)).toEqual(['5']);
  expect(lab.recorder.invocation('1')).toBeUndefined();
  expect(statsOf(lab.recorder).functions[0]).toMatchObject({ invocations: 5, coldStarts: 1, coldShare: 0.2 });
});

test('forgets what is older than an hour', async () => {
  await using lab = new Recorded(() => 1);
  await lab.invoke();
  await lab.rest();
  lab.under.clock.advance(3_600_001);
  await lab.under.until((details) => details.length === 0);
  expect(lab.recorder.timeline().invocations).toEqual([]);
  expect(lab.recorder.invocation('1')).toBeUndefined();
});

test('an invocation is found by the beginning of its id, with its environment', async () => {
  await using lab = new Recorded(() => 1);
  await lab.invoke({ requestId: 'aaaa-1' });
  await lab.invoke({ requestId: 'aaab-2' });
  const found = lab.recorder.invocation('aaaa');
  expect(found?.invocation.requestId).toBe('aaaa-1');
  expect(found?.environment?.id).toBe(found?.invocation.environmentId);
});

test('hands out each change once, and none before someone asks for them', async () => {
  await using lab = new Recorded(() => 1);
  await lab.invoke();
  await lab.rest();
  expect(lab.recorder.takeChanges()).toEqual({ environments: [], invocations: [] });
  lab.recorder.collect();
  await lab.invoke();
  await lab.rest();
  const { environments, invocations } = lab.recorder.takeChanges();
  expect(environments).toMatchObject([{ state: 'ready', invocations: 2 }]);
  expect(invocations).toMatchObject([{ requestId: '2', status: 'success' }]);
  expect(lab.recorder.takeChanges()).toEqual({ environments: [], invocations: [] });
});
