import { limits } from '../../aws/limits';
import {
  abandonReset,
  abandonRestore,
  abort,
  afterShutdown,
  boot,
  endTask,
  giveUp,
  initFailure,
  initializeAgain,
  initialized,
  invoking,
  leave,
  loseTask,
  newTask,
  prepend,
  rest,
  type StateOf,
  shutDown,
  shutDownExtensions,
  spoil,
  stop,
  without,
} from './lifecycle-steps';
import type { Circumstances, Effect, Event, EventType, State, StateName, Step } from './lifecycle-types';
import { exitFault, extensionExitFault, timeoutFault } from './outcome';

/** The engine has a shorter limit for making a sandbox; this one catches an engine that never answers. */
export const startTimeoutMs = 90_000;

type EventOf<T extends EventType> = Extract<Event, { type: T }>;
type Cell<N extends StateName, T extends EventType> = (
  state: StateOf<N>,
  event: EventOf<T>,
  circumstances: Circumstances,
) => Step;
type Table = { readonly [N in StateName]: { readonly [T in EventType]?: Cell<N, T> } };

const begin: Cell<'starting', 'sandboxMade'> = (state, _event, c) => {
  if (state.retiring && state.invocation === undefined) return stop(c);
  const { progress, effect } = boot(c);
  return {
    state: {
      name: 'initializing',
      phase: 'init',
      ...(state.invocation && { invocation: state.invocation }),
      startedAt: c.elapsedMs,
      deadlineAt: c.nowMs + (c.initMs ?? limits.initMs),
      ...progress,
      retiring: state.retiring,
    },
    effects: [{ type: 'logInitStarted' }, effect],
  };
};

const faultOf = ({ participant, exit }: EventOf<'exited'>) =>
  participant === 'runtime' ? exitFault(exit) : extensionExitFault(exit);

/** The whole lifecycle. A missing cell refuses the event: `step` returns undefined. */
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
    extensionsFound: (state, { participants }) => {
      if (state.stage !== 'finding') return { state, effects: [] };
      if (participants.length === 0)
        return { state: { ...state, stage: 'booting' }, effects: [{ type: 'startRuntime' }] };
      return {
        state: {
          ...state,
          stage: 'registering',
          unregistered: new Set(participants),
          awaited: new Set([...state.awaited, ...participants]),
        },
        effects: [{ type: 'startExtensions', participants }],
      };
    },
    extensionRegistered: (state, { participant }) => {
      const unregistered = without(state.unregistered, participant);
      const awaited = new Set([...state.awaited, participant]);
      return state.stage === 'registering' && unregistered.size === 0
        ? {
            state: { ...state, stage: 'booting', unregistered, awaited },
            effects: [{ type: 'startRuntime' }],
          }
        : { state: { ...state, unregistered, awaited }, effects: [] };
    },
    parked: (state, event, c) => {
      const awaited = without(state.awaited, event.participant);
      return awaited.size > 0 ? { state: { ...state, awaited }, effects: [] } : initialized(state, c);
    },
    extensionFailed: (state, event, c) => initFailure(state, event.fault, c),
    initFailed: (state, event, c) => initFailure(state, event.fault, c),
    startFailed: (state, event, c) => initFailure(state, event.fault, c),
    exited: (state, event, c) => initFailure(state, faultOf(event), c, event.participant),
    deadlinePassed: (state, _event, c) => initFailure(state, timeoutFault(c.timeoutMs), c),
    sandboxLost: (state, event, c) =>
      state.phase === 'init'
        ? giveUp(state.invocation, event.reason, c)
        : prepend([{ type: 'logStarted', task: state.task }], loseTask(state.task, event.reason, c)),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  ready: {
    assigned: (state, event, c) => {
      const task = newTask(event.invocation, c, state.initDurationMs);
      return state.runtime === 'parked'
        ? {
            state: invoking(task, false, c),
            // The function's output arrives in a later turn, so START is still the first line.
            effects: [{ type: 'thaw' }, { type: 'deliver', task }, { type: 'logStarted', task }],
          }
        : initializeAgain(task, c, false);
    },
    exited: (_state, event, c) => shutDown('failure', {}, false, c, event.participant),
    extensionFailed: (_state, _event, c) => shutDown('failure', {}, false, c),
    /** A parked environment is free already; a second poll for the next event changes nothing. */
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
          awaited: state.awaited,
          retiring: state.retiring,
        },
        effects: [{ type: 'settle', invocation: state.task.invocation, outcome: event.outcome }],
      };
    },
    parked: (state, event) => ({
      state: { ...state, awaited: without(state.awaited, event.participant) },
      effects: [],
    }),
    extensionFailed: (state, event, c) => abort(state.task, event.fault, state.retiring, c),
    exited: (state, event, c) => abort(state.task, faultOf(event), state.retiring, c, event.participant),
    restoring: (state, _event, c) => ({
      state: { ...state, isRestoring: true, deadlineAt: c.nowMs + limits.restoreMs },
      effects: [],
    }),
    // The function's timeout counts from here.
    restored: ({ isRestoring: _, ...state }, _event, c) => ({
      state: { ...state, deadlineAt: c.nowMs + c.timeoutMs },
      effects: [],
    }),
    deadlinePassed: (state, _event, c) =>
      state.isRestoring
        ? abandonRestore(state, c)
        : abort(state.task, timeoutFault(c.timeoutMs), state.retiring, c),
    sandboxLost: (state, event, c) => loseTask(state.task, event.reason, c),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  settling: {
    parked: (state, event, c) => {
      const awaited = without(state.awaited, event.participant);
      if (awaited.size > 0) return { state: { ...state, awaited }, effects: [] };
      // Work of extensions after the response belongs to the invocation.
      const durationMs = c.elapsedMs - state.ended.task.startedAt;
      const ended = c.participants.size > 1 ? { ...state.ended, durationMs } : state.ended;
      const report: Effect = { type: 'report', ended };
      if (state.retiring) return prepend([report], leave({ runtime: 'parked' }, c));
      return rest('parked', [report, { type: 'freeze' }], c);
    },
    extensionFailed: (state, event, c) => spoil(state, event.fault, c),
    exited: (state, event, c) => spoil(state, faultOf(event), c, event.participant),
    deadlinePassed: (state, _event, c) => spoil(state, timeoutFault(c.timeoutMs), c),
    sandboxLost: (state, _event, c) => prepend([{ type: 'report', ended: state.ended }], stop(c)),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  shuttingDown: {
    exited: (state, { participant }, c) => {
      const left = { ...state, living: without(state.living, participant) };
      if (left.living.size === 0) return afterShutdown(state.next, state.retiring, c);
      if (state.stage === 'runtime' && participant === 'runtime') return shutDownExtensions(left, c);
      return { state: left, effects: [] };
    },
    deadlinePassed: (state, _event, c) =>
      state.stage === 'runtime'
        ? prepend([{ type: 'endRuntime', signal: 'SIGKILL' }], shutDownExtensions(state, c))
        : afterShutdown(state.next, state.retiring, c),
    sandboxLost: (state, event, c) =>
      typeof state.next === 'string' ? stop(c) : abandonReset(state.next, event.reason, c),
    parked: (state) => ({ state, effects: [] }),
    restoring: (state) => ({ state, effects: [] }),
    restored: (state) => ({ state, effects: [] }),
    answered: (state) => ({ state, effects: [] }),
    initFailed: (state) => ({ state, effects: [] }),
    extensionFailed: (state) => ({ state, effects: [] }),
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
    /** Exits of processes that are being killed. */
    exited: (state) => ({ state, effects: [] }),
    restoring: (state) => ({ state, effects: [] }),
    extensionFailed: (state) => ({ state, effects: [] }),
    deadlinePassed: (state, _event, c) =>
      abandonReset(state.next, 'The sandbox did not end its processes in time', c),
    sandboxLost: (state, event, c) => abandonReset(state.next, event.reason, c),
    retired: (state) => ({ state: { ...state, retiring: true }, effects: [] }),
  },
  stopping: {
    sandboxRemoved: () => ({ state: { name: 'gone' }, effects: [] }),
    deadlinePassed: () => ({ state: { name: 'gone' }, effects: [] }),
    sandboxMade: (state) => ({ state, effects: [{ type: 'remove' }] }),
    sandboxFailed: () => ({ state: { name: 'gone' }, effects: [] }),
    sandboxLost: (state) => ({ state, effects: [] }),
    exited: (state) => ({ state, effects: [] }),
    restoring: (state) => ({ state, effects: [] }),
    restored: (state) => ({ state, effects: [] }),
    extensionFailed: (state) => ({ state, effects: [] }),
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

/** Returns the next state and its effects; undefined if the table refuses the event. */
export function step(state: State, event: Event, circumstances: Circumstances): Step | undefined {
  // The table's types tie each cell to its own state and event, which an index by two unions cannot express.
  const cell = table[state.name][event.type] as Cell<StateName, EventType> | undefined;
  return cell?.(state, event, circumstances);
}
