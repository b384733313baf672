import fc from 'fast-check';
import { Invocation } from '../../../src/execution/invocation';
import { step } from '../../../src/execution/lifecycle/lifecycle';
import type {
  Circumstances,
  Effect,
  Event,
  EventType,
  State,
} from '../../../src/execution/lifecycle/lifecycle-types';
import { anInvocationRequest } from '../../support/functions/function-versions';

const circumstances: Circumstances = {
  nowMs: 1_000_000,
  elapsedMs: 500,
  timeoutMs: 3_000,
  idleTimeoutMs: 60_000,
  participants: new Set(['runtime']),
  mayHaveExtensions: false,
  extensions: { external: new Set(), hasInternal: false },
};
/** Of an environment with one external extension, which subscribed to INVOKE. */
const extended: Circumstances = {
  ...circumstances,
  participants: new Set(['runtime', 'extension/x']),
  mayHaveExtensions: true,
  extensions: { external: new Set(['extension/x']), hasInternal: false },
};
const fault = {
  status: 'error',
  errorType: 'Runtime.ImportModuleError',
  document: Buffer.from('{}'),
} as const;
const answer = { kind: 'succeeded', payload: Buffer.from('1'), contentType: 'application/json' } as const;
const anInvocation = () => new Invocation(anInvocationRequest());

type EventName = EventType | 'parked (extension)' | 'exited (extension)';

function events(invocation: () => Invocation): Record<EventName, Event> {
  return {
    sandboxMade: { type: 'sandboxMade' },
    sandboxFailed: { type: 'sandboxFailed', reason: 'no engine' },
    assigned: { type: 'assigned', invocation: invocation() },
    extensionsFound: { type: 'extensionsFound', participants: ['extension/x'] },
    extensionRegistered: { type: 'extensionRegistered', participant: 'extension/x' },
    extensionFailed: { type: 'extensionFailed', fault },
    parked: { type: 'parked', participant: 'runtime' },
    'parked (extension)': { type: 'parked', participant: 'extension/x' },
    restoring: { type: 'restoring' },
    restored: { type: 'restored' },
    answered: { type: 'answered', outcome: answer },
    initFailed: { type: 'initFailed', fault },
    exited: { type: 'exited', participant: 'runtime', exit: { code: 1, outOfMemory: false } },
    'exited (extension)': {
      type: 'exited',
      participant: 'extension/x',
      exit: { code: 5, outOfMemory: false },
    },
    startFailed: { type: 'startFailed', fault },
    processesReset: { type: 'processesReset' },
    deadlinePassed: { type: 'deadlinePassed' },
    retired: { type: 'retired' },
    sandboxLost: { type: 'sandboxLost', reason: 'killed' },
    sandboxRemoved: { type: 'sandboxRemoved' },
  };
}

function states(): Record<string, State> {
  const invocation = anInvocation();
  const task = { invocation, startedAt: 400, deadlineAt: 1_003_000 };
  const ended = { task, status: 'success', durationMs: 10 } as const;
  const awaited = new Set(['runtime']);
  const booting = { stage: 'booting', unregistered: new Set<string>(), awaited } as const;
  const shutdown = {
    name: 'shuttingDown',
    reason: 'spindown',
    living: new Set(['runtime', 'extension/x']),
    deadlineAt: 1,
    endsAt: 2,
    retiring: false,
  } as const;
  return {
    starting: { name: 'starting', invocation, deadlineAt: 1, retiring: false },
    'starting (ahead)': { name: 'starting', deadlineAt: 1, retiring: false },
    'initializing (init)': {
      name: 'initializing',
      phase: 'init',
      invocation,
      startedAt: 1,
      deadlineAt: 1,
      ...booting,
      retiring: false,
    },
    'initializing (ahead)': {
      name: 'initializing',
      phase: 'init',
      startedAt: 1,
      deadlineAt: 1,
      ...booting,
      retiring: false,
    },
    'initializing (invoke)': {
      name: 'initializing',
      phase: 'invoke',
      task,
      startedAt: 1,
      deadlineAt: 1,
      ...booting,
      retiring: false,
    },
    'ready (parked)': { name: 'ready', runtime: 'parked', deadlineAt: 1 },
    'ready (none)': { name: 'ready', runtime: 'none', deadlineAt: 1 },
    invoking: { name: 'invoking', task, deadlineAt: 1, awaited, retiring: false },
    settling: { name: 'settling', ended, deadlineAt: 1, awaited, retiring: false },
    'shuttingDown (runtime)': { ...shutdown, stage: 'runtime', next: 'release' },
    'shuttingDown (extensions)': { ...shutdown, stage: 'extensions', next: { report: ended } },
    'resetting (again)': {
      name: 'resetting',
      next: { initializeFor: invocation },
      deadlineAt: 1,
      retiring: false,
    },
    'resetting (rest)': { name: 'resetting', next: { report: ended }, deadlineAt: 1, retiring: false },
    stopping: { name: 'stopping', deadlineAt: 1 },
    gone: { name: 'gone' },
  };
}

const named = (state: State) =>
  state.name === 'initializing'
    ? `initializing (${state.phase})`
    : state.name === 'ready'
      ? `ready (${state.runtime})`
      : state.name;

test('every event in every state', () => {
  const grid = Object.entries(states()).flatMap(([name, state]) => [
    name,
    ...Object.entries(events(anInvocation)).map(([eventName, event]) => {
      const next = step(state, event, circumstances);
      const effects = next?.effects.map((effect) => effect.type).join(', ');
      return `  ${eventName.padEnd(19)} ${next ? `-> ${named(next.state)}${effects ? `: ${effects}` : ''}` : 'refused'}`;
    }),
  ]);
  expect(grid.join('\n')).toMatchSnapshot();
});

test('a retiring environment ends after its invocation', () => {
  const { invoking } = states();
  const walked = walk(invoking as State, ['retired', 'answered', 'parked']);
  expect(walked.state.name).toBe('stopping');
  expect(walked.effects.map((effect) => effect.type)).toEqual(['settle', 'report', 'release']);
});

test('a failed init is repeated within the invocation, which answers with the second failure', () => {
  const { starting } = states();
  const walked = walk(starting as State, [
    'sandboxMade',
    'initFailed',
    'processesReset',
    'exited',
    'processesReset',
  ]);
  expect(walked.effects.map((effect) => effect.type)).toEqual([
    'logInitStarted',
    'startRuntime',
    'logInitFailed',
    'reset',
    'thaw',
    'startRuntime',
    'logInitFailed',
    'logStarted',
    'settle',
    'logFault',
    'reset',
    'report',
  ]);
  expect(walked.state).toMatchObject({ name: 'ready', runtime: 'none' });
});

describe('with an external extension', () => {
  const names = (effects: readonly Effect[]) => effects.map((effect) => effect.type);

  test('the extension registers before the runtime starts, and init lasts until both request the next event', () => {
    const { 'starting (ahead)': starting } = states();
    const walked = walk(
      starting as State,
      ['sandboxMade', 'extensionsFound', 'extensionRegistered', 'parked (extension)', 'parked'],
      extended,
    );
    expect(names(walked.effects)).toEqual([
      'logInitStarted',
      'findExtensions',
      'startExtensions',
      'startRuntime',
      'logExtensions',
      'limitCpu',
      'freeze',
    ]);
    expect(walked.state.name).toBe('ready');
  });

  test('the caller gets the response before the extension is done, and REPORT follows the extension', () => {
    const invoking = step(states()['ready (parked)'] as State, events(anInvocation).assigned, extended);
    const walked = walk(invoking?.state as State, ['answered', 'parked', 'parked (extension)'], extended);
    expect(names(walked.effects)).toEqual(['settle', 'report', 'freeze']);
    expect(walked.state.name).toBe('ready');
  });

  test('the extension may request the next event before the response', () => {
    const invoking = step(states()['ready (parked)'] as State, events(anInvocation).assigned, extended);
    const walked = walk(invoking?.state as State, ['parked (extension)', 'answered', 'parked'], extended);
    expect(names(walked.effects)).toEqual(['settle', 'report', 'freeze']);
  });

  test('an idle environment ends the runtime with SIGTERM, then sends SHUTDOWN, then is released', () => {
    const { 'ready (parked)': ready } = states();
    const walked = walk(ready as State, ['deadlinePassed', 'exited', 'exited (extension)'], extended);
    expect(walked.effects).toEqual([
      { type: 'thaw' },
      { type: 'endRuntime', signal: 'SIGTERM' },
      { type: 'shutDownExtensions', reason: 'spindown', deadlineMs: 1_002_000 },
      { type: 'release' },
    ]);
  });

  test('processes that do not end are killed after 300 ms and after 2 s', () => {
    const { 'ready (parked)': ready } = states();
    const first = walk(ready as State, ['retired'], extended);
    expect(first.state).toMatchObject({ name: 'shuttingDown', deadlineAt: 1_000_300 });
    const second = walk(first.state, ['deadlinePassed'], extended);
    expect(second.effects[0]).toEqual({ type: 'endRuntime', signal: 'SIGKILL' });
    expect(second.state).toMatchObject({ name: 'shuttingDown', deadlineAt: 1_002_000 });
    expect(walk(second.state, ['deadlinePassed'], extended).state.name).toBe('stopping');
  });

  test('a timeout answers first, then shuts down for that reason and resets', () => {
    const invoking = step(states()['ready (parked)'] as State, events(anInvocation).assigned, extended);
    const walked = walk(
      invoking?.state as State,
      ['deadlinePassed', 'exited', 'exited (extension)', 'processesReset'],
      extended,
    );
    expect(names(walked.effects)).toEqual([
      'settle',
      'logFault',
      'thaw',
      'endRuntime',
      'shutDownExtensions',
      'reset',
      'report',
    ]);
    expect(walked.effects[4]).toMatchObject({ reason: 'timeout' });
    expect(walked.state).toMatchObject({ name: 'ready', runtime: 'none' });
  });

  test('a crash of the extension ends the invocation as Extension.Crash', () => {
    const invoking = step(states()['ready (parked)'] as State, events(anInvocation).assigned, extended);
    const { effects } = walk(invoking?.state as State, ['exited (extension)'], extended);
    expect(effects[0]).toMatchObject({
      type: 'settle',
      outcome: { kind: 'failed', fault: { errorType: 'Extension.Crash', message: 'exit status 5' } },
    });
  });
});

test('a restore has ten seconds of its own, and the timeout counts from its end', () => {
  const { invoking } = states();
  const restoring = walk(invoking as State, ['restoring']);
  expect(restoring.state).toMatchObject({ name: 'invoking', deadlineAt: 1_010_000 });
  const restored = walk(restoring.state, ['restored']);
  expect(restored.state).toMatchObject({ name: 'invoking', deadlineAt: 1_003_000 });
  expect(walk(restored.state, ['deadlinePassed']).effects[1]).toMatchObject({ type: 'logFault' });
});

test('a restore that takes longer is SnapStartTimeoutException, and the next invocation initialises anew', () => {
  const { invoking } = states();
  const { state, effects } = walk(invoking as State, ['restoring', 'deadlinePassed', 'processesReset']);
  expect(effects[0]).toMatchObject({
    type: 'settle',
    outcome: { kind: 'platformFailed', code: 'SnapStartTimeoutException' },
  });
  expect(effects.at(-1)).toMatchObject({
    type: 'report',
    ended: { status: 'timeout', errorType: 'Lambda.SnapStartTimeoutException' },
  });
  expect(state).toMatchObject({ name: 'ready', runtime: 'none' });
});

test('an init that exceeds ten seconds is repeated within the timeout of the function', () => {
  const { 'initializing (init)': initializing } = states();
  const again = walk(initializing as State, ['deadlinePassed', 'processesReset']);
  expect(again.state).toMatchObject({ name: 'initializing', phase: 'invoke', deadlineAt: 1_003_000 });
});

function walk(
  from: State,
  types: readonly EventName[],
  c: Circumstances = circumstances,
): { state: State; effects: Effect[] } {
  let state = from;
  const effects: Effect[] = [];
  for (const type of types) {
    const next = step(state, events(anInvocation)[type], c);
    if (!next) throw new Error(`${type} is refused when ${state.name}`);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const eventTypes = Object.keys(events(anInvocation)) as EventType[];
const someEvents = fc.array(fc.constantFrom(...eventTypes), { maxLength: 60 });

/** Runs a list of events, refused ones left out, and counts what happened to each invocation. */
function live(types: readonly EventName[], state: State, circumstances: Circumstances) {
  const given = new Set<Invocation>();
  const settled = new Map<Invocation, number>();
  const started = new Map<Invocation, number>();
  const reported = new Map<Invocation, number>();
  const count = (counts: Map<Invocation, number>, one: Invocation) =>
    counts.set(one, (counts.get(one) ?? 0) + 1);
  const visited: State[] = [state];
  if ('invocation' in state && state.invocation) given.add(state.invocation);
  for (const type of types) {
    const event = events(anInvocation)[type];
    const next = step(state, event, circumstances);
    if (!next) continue;
    if (event.type === 'assigned') given.add(event.invocation);
    state = next.state;
    visited.push(state);
    for (const effect of next.effects) {
      if (effect.type === 'settle') count(settled, effect.invocation);
      if (effect.type === 'logStarted') count(started, effect.task.invocation);
      if (effect.type === 'report') count(reported, effect.ended.task.invocation);
    }
  }
  return { state, given, settled, started, reported, visited };
}

describe('for random orders of events', () => {
  const from = fc.constantFrom('starting', 'starting (ahead)');
  const among = fc.constantFrom(circumstances, extended);
  /** A kill, an answer of the engine and, where the engine is silent, the last deadline: enough for any state. */
  const theEnd: EventName[] = [
    'sandboxLost',
    'sandboxFailed',
    'deadlinePassed',
    'sandboxRemoved',
    'deadlinePassed',
  ];

  test('an invocation ends exactly once, with one REPORT for its START', () => {
    fc.assert(
      fc.property(someEvents, from, among, (types, name, c) => {
        const life = live([...types, ...theEnd], states()[name] as State, c);
        expect(life.state.name).toBe('gone');
        for (const invocation of life.given) {
          expect(life.settled.get(invocation)).toBe(1);
          expect(life.reported.get(invocation) ?? 0).toBe(life.started.get(invocation) ?? 0);
          expect(life.started.get(invocation) ?? 0).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('gone is final', () => {
    fc.assert(
      fc.property(someEvents, from, among, (types, name, c) => {
        const { visited } = live(types, states()[name] as State, c);
        const first = visited.findIndex((state) => state.name === 'gone');
        if (first >= 0) expect(visited.slice(first).every((state) => state.name === 'gone')).toBe(true);
      }),
    );
  });

  test('every state except gone accepts its deadline, a kill and a retirement', () => {
    fc.assert(
      fc.property(someEvents, from, among, (types, name, c) => {
        for (const state of live(types, states()[name] as State, c).visited) {
          if (state.name === 'gone') continue;
          expect(state.deadlineAt).toBeGreaterThan(0);
          for (const type of ['deadlinePassed', 'sandboxLost', 'retired'] as const) {
            expect(step(state, events(anInvocation)[type], c)).toBeDefined();
          }
        }
      }),
    );
  });
});
