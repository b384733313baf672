import { limits } from '../aws/limits';
import type { Invocation } from './invocation';
import type {
  Circumstances,
  Effect,
  EndedTask,
  Event,
  EventType,
  Participants,
  State,
  StateName,
  Step,
  Task,
} from './lifecycle-types';
import { exitFault, type Fault, type Outcome, outcomeOf, timeoutFault } from './outcome';

/** The engine has its own, shorter limit for making a sandbox; this one only catches an engine that never answers. */
export const startTimeoutMs = 90_000;
/** Killing processes takes milliseconds; a sandbox whose init cannot do it in this time is given up. */
const resetTimeoutMs = 5_000;
const stopTimeoutMs = 15_000;

type StateOf<N extends StateName> = Extract<State, { name: N }>;
type EventOf<T extends EventType> = Extract<Event, { type: T }>;
type Cell<N extends StateName, T extends EventType> = (
  state: StateOf<N>,
  event: EventOf<T>,
  circumstances: Circumstances,
) => Step;
type Table = { readonly [N in StateName]: { readonly [T in EventType]?: Cell<N, T> } };

const begin: Cell<'starting', 'sandboxMade'> = (state, _event, c) =>
  state.retiring && state.invocation === undefined
    ? stop(c)
    : {
        state: {
          name: 'initializing',
          phase: 'init',
          ...(state.invocation && { invocation: state.invocation }),
          startedAt: c.elapsedMs,
          deadlineAt: c.nowMs + limits.initMs,
          awaited: c.participants,
          retiring: state.retiring,
        },
        effects: [{ type: 'tellInitStarted' }, { type: 'startRuntime' }],
      };

/** The whole life. A cell that is missing is a refusal: `step` returns nothing for it. */
const table: Table = {
  starting: {
    sandboxMade: begin,
    sandboxFailed: (state, event, c) => ({
      state: { name: 'gone' },
      effects: giveUp(state.invocation, event.reason, c).effects.filter((effect) => effect.type === 'settle'),
    }),
    sandboxLost: (state, event, c) => giveUp(state.invocation, event.reason, c),
    deadlinePassed: (state, _event, c) =>
      giveUp(state.invocation, `The engine made no sandbox within ${startTimeoutMs / 1000} seconds`, c),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  initializing: {
    parked: (state, event, c) => {
      const awaited = without(state.awaited, event.participant);
      return awaited.size > 0 ? { state: { ...state, awaited }, effects: [] } : initialized(state, c);
    },
    initFailed: (state, event, c) => initFailure(state, event.fault, c),
    startFailed: (state, event, c) => initFailure(state, event.fault, c),
    exited: (state, event, c) => initFailure(state, exitFault(event.exit), c),
    deadlinePassed: (state, _event, c) => initFailure(state, timeoutFault(c.timeoutMs), c),
    sandboxLost: (state, event, c) =>
      state.phase === 'init'
        ? giveUp(state.invocation, event.reason, c)
        : loseTask(state.task, event.reason, c),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  ready: {
    assigned: (state, event, c) => {
      const task = newTask(event.invocation, c, state.initDurationMs);
      return state.runtime === 'parked'
        ? {
            state: { name: 'invoking', task, deadlineAt: task.deadlineAt, retiring: false },
            // What the function says of it comes in a later turn, so START is still the first line.
            effects: [{ type: 'thaw' }, { type: 'deliver', task }, { type: 'tellStarted', task }],
          }
        : initializeAgain(task, c, false);
    },
    exited: (_state, _event, c) => reset({}, false, c),
    /** Parked means free; a second poll for the next event changes nothing. */
    parked: (state) => ({ state, effects: [] }),
    deadlinePassed: (state, _event, c) => leave(state, c),
    retired: (state, _event, c) => leave(state, c),
    sandboxLost: (_state, _event, c) => stop(c),
  },
  invoking: {
    answered: (state, event, c) => {
      const ended = endTask(state.task, event.outcome, c);
      return {
        state: {
          name: 'settling',
          ended,
          deadlineAt: state.deadlineAt,
          awaited: c.participants,
          retiring: state.retiring,
        },
        effects: [{ type: 'settle', invocation: state.task.invocation, outcome: event.outcome }],
      };
    },
    exited: (state, event, c) => abort(state.task, exitFault(event.exit), state.retiring, c),
    deadlinePassed: (state, _event, c) => abort(state.task, timeoutFault(c.timeoutMs), state.retiring, c),
    sandboxLost: (state, event, c) => loseTask(state.task, event.reason, c),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  settling: {
    parked: (state, event, c) => {
      const awaited = without(state.awaited, event.participant);
      if (awaited.size > 0) return { state: { ...state, awaited }, effects: [] };
      const report: Effect = { type: 'report', ended: state.ended };
      if (state.retiring) return prepend([report], leave({ runtime: 'parked' }, c));
      return rest('parked', [report, { type: 'freeze' }], c);
    },
    exited: (state, event, c) =>
      reset({ report: spoiled(state.ended, exitFault(event.exit)) }, state.retiring, c),
    deadlinePassed: (state, _event, c) =>
      reset({ report: spoiled(state.ended, timeoutFault(c.timeoutMs)) }, state.retiring, c),
    sandboxLost: (state, _event, c) => prepend([{ type: 'report', ended: state.ended }], stop(c)),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  resetting: {
    processesReset: (state, _event, c) => {
      if ('initializeFor' in state.next) {
        const task = newTask(state.next.initializeFor, c);
        return initializeAgain(task, c, state.retiring);
      }
      const reports: Effect[] = state.next.report ? [{ type: 'report', ended: state.next.report }] : [];
      return state.retiring ? prepend(reports, stop(c)) : rest('none', reports, c);
    },
    /** The processes that are being killed say goodbye. */
    exited: (state) => ({ state, effects: [] }),
    deadlinePassed: (state, _event, c) =>
      abandonReset(state, 'The sandbox did not end its processes in time', c),
    sandboxLost: (state, event, c) => abandonReset(state, event.reason, c),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  stopping: {
    sandboxRemoved: () => ({ state: { name: 'gone' }, effects: [] }),
    deadlinePassed: () => ({ state: { name: 'gone' }, effects: [] }),
    sandboxMade: (state) => ({ state, effects: [{ type: 'remove' }] }),
    sandboxFailed: () => ({ state: { name: 'gone' }, effects: [] }),
    sandboxLost: (state) => ({ state, effects: [] }),
    exited: (state) => ({ state, effects: [] }),
    parked: (state) => ({ state, effects: [] }),
    processesReset: (state) => ({ state, effects: [] }),
    retired: (state) => ({ state, effects: [] }),
  },
  gone: {
    sandboxMade: (state) => ({ state, effects: [{ type: 'remove' }] }),
    sandboxFailed: (state) => ({ state, effects: [] }),
    sandboxRemoved: (state) => ({ state, effects: [] }),
    sandboxLost: (state) => ({ state, effects: [] }),
    retired: (state) => ({ state, effects: [] }),
  },
};

/** The next state and what is to be done, or nothing where the table refuses the event. */
export function step(state: State, event: Event, circumstances: Circumstances): Step | undefined {
  // The table's types tie each cell to its own state and event, which an index by two unions cannot express.
  const cell = table[state.name][event.type] as Cell<StateName, EventType> | undefined;
  return cell?.(state, event, circumstances);
}

function initialized(state: StateOf<'initializing'>, c: Circumstances): Step {
  if (state.phase === 'invoke') {
    const { task } = state;
    return {
      state: { name: 'invoking', task, deadlineAt: task.deadlineAt, retiring: state.retiring },
      effects: [{ type: 'deliver', task }],
    };
  }
  const initDurationMs = c.elapsedMs - state.startedAt;
  if (state.invocation !== undefined) {
    const task = newTask(state.invocation, c, initDurationMs);
    return {
      state: { name: 'invoking', task, deadlineAt: task.deadlineAt, retiring: state.retiring },
      effects: [{ type: 'deliver', task }, { type: 'tellStarted', task }, { type: 'limitCpu' }],
    };
  }
  return state.retiring
    ? stop(c)
    : rest('parked', [{ type: 'limitCpu' }, { type: 'freeze' }], c, initDurationMs);
}

/** Lambda repeats a failed init once, inside the invocation and under its timeout; the second failure is its answer. */
function initFailure(state: StateOf<'initializing'>, fault: Fault, c: Circumstances): Step {
  const told: Effect = {
    type: 'tellInitFailed',
    phase: state.phase,
    durationMs: c.elapsedMs - state.startedAt,
    status: fault.status,
    errorType: fault.errorType,
  };
  if (state.phase === 'invoke') {
    // Unlike a handler's own error, that of an init stands in the REPORT line too.
    return prepend([told], abort(state.task, { ...fault, postedByRuntime: false }, state.retiring, c));
  }
  if (state.invocation === undefined) return prepend([told], stop(c));
  return prepend([told], reset({ initializeFor: state.invocation }, state.retiring, c));
}

function initializeAgain(task: Task, c: Circumstances, retiring: boolean): Step {
  return {
    state: {
      name: 'initializing',
      phase: 'invoke',
      task,
      startedAt: c.elapsedMs,
      deadlineAt: task.deadlineAt,
      awaited: c.participants,
      retiring,
    },
    effects: [{ type: 'thaw' }, { type: 'tellStarted', task }, { type: 'startRuntime' }],
  };
}

function newTask(invocation: Invocation, c: Circumstances, initDurationMs?: number): Task {
  const task = { invocation, startedAt: c.elapsedMs, deadlineAt: c.nowMs + c.timeoutMs };
  return initDurationMs === undefined ? task : { ...task, initDurationMs };
}

function endTask(task: Task, outcome: Outcome, c: Circumstances): EndedTask {
  const durationMs = c.elapsedMs - task.startedAt;
  if (outcome.kind === 'succeeded') return { task, durationMs, status: 'success' };
  if (outcome.kind === 'platformFailed')
    return { task, durationMs, status: 'failure', errorType: 'Sandbox.Failure' };
  const { status, errorType, postedByRuntime } = outcome.fault;
  return { task, durationMs, status, ...(!postedByRuntime && { errorType }) };
}

/** Ends a task by a fault and kills what is left of it. The caller is answered before the killing begins. */
function abort(task: Task, fault: Fault, retiring: boolean, c: Circumstances): Step {
  const outcome = outcomeOf(fault, task.invocation.request.requestId);
  return prepend(
    [{ type: 'settle', invocation: task.invocation, outcome }],
    reset({ report: endTask(task, outcome, c) }, retiring, c),
  );
}

function loseTask(task: Task, reason: string, c: Circumstances): Step {
  const outcome: Outcome = { kind: 'platformFailed', reason };
  return prepend(
    [
      { type: 'settle', invocation: task.invocation, outcome },
      { type: 'report', ended: endTask(task, outcome, c) },
    ],
    stop(c),
  );
}

/** Ends an environment in which no task has begun. */
function giveUp(invocation: Invocation | undefined, reason: string, c: Circumstances): Step {
  const settle: Effect[] =
    invocation === undefined
      ? []
      : [{ type: 'settle', invocation, outcome: { kind: 'platformFailed', reason } }];
  return prepend(settle, stop(c));
}

function abandonReset(state: StateOf<'resetting'>, reason: string, c: Circumstances): Step {
  if ('initializeFor' in state.next) return giveUp(state.next.initializeFor, reason, c);
  return prepend(state.next.report ? [{ type: 'report', ended: state.next.report }] : [], stop(c));
}

/** A task that was answered well and ended badly afterwards. The caller keeps its answer; the REPORT tells the rest. */
function spoiled(ended: EndedTask, fault: Fault): EndedTask {
  return ended.status === 'success' ? { ...ended, status: fault.status, errorType: fault.errorType } : ended;
}

function reset(next: StateOf<'resetting'>['next'], retiring: boolean, c: Circumstances): Step {
  return {
    state: { name: 'resetting', next, deadlineAt: c.nowMs + resetTimeoutMs, retiring },
    effects: [{ type: 'reset' }],
  };
}

function rest(
  runtime: 'parked' | 'none',
  effects: Effect[],
  c: Circumstances,
  initDurationMs?: number,
): Step {
  const state = { name: 'ready', runtime, deadlineAt: c.nowMs + c.idleTimeoutMs } as const;
  return { state: initDurationMs === undefined ? state : { ...state, initDurationMs }, effects };
}

/** Where the last thing that happened in it went wrong, nobody should have it again. */
function leave({ runtime }: { readonly runtime: 'parked' | 'none' }, c: Circumstances): Step {
  const stopped = stop(c);
  return runtime === 'parked' ? { state: stopped.state, effects: [{ type: 'release' }] } : stopped;
}

function stop(c: Circumstances): Step {
  return { state: { name: 'stopping', deadlineAt: c.nowMs + stopTimeoutMs }, effects: [{ type: 'remove' }] };
}

const prepend = (effects: readonly Effect[], next: Step): Step => ({
  state: next.state,
  effects: [...effects, ...next.effects],
});

const nobody: Participants = new Set();

function without(participants: Participants, one: string): Participants {
  // So it is with every answer of a function without extensions.
  if (participants.size === 1 && participants.has(one)) return nobody;
  return new Set([...participants].filter((each) => each !== one));
}
