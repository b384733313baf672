import { limits } from '../../aws/limits';
import type { Invocation } from '../invocation';
import type {
  AfterReset,
  Circumstances,
  Effect,
  EndedTask,
  Participants,
  ShutdownReason,
  State,
  StateName,
  Step,
  Task,
} from './lifecycle-types';
import { type Fault, type Outcome, outcomeOf } from './outcome';

/** Killing processes takes milliseconds; a sandbox whose init takes longer than this is removed. */
const resetTimeoutMs = 5_000;
const stopTimeoutMs = 15_000;

export type StateOf<N extends StateName> = Extract<State, { name: N }>;

const runtime = 'runtime';
const none: Participants = new Set();
/** Participants of an environment without extensions. */
export const runtimeOnly: Participants = new Set([runtime]);

const hasExtensions = (c: Circumstances) => c.mayHaveExtensions || c.extensions.hasInternal;

/** First step of a boot: start the runtime, or look for extensions. */
export function boot({ mayHaveExtensions }: Circumstances) {
  const progress = { unregistered: none, awaited: runtimeOnly };
  return mayHaveExtensions
    ? { progress: { ...progress, stage: 'finding' as const }, effect: { type: 'findExtensions' as const } }
    : { progress: { ...progress, stage: 'booting' as const }, effect: { type: 'startRuntime' as const } };
}

/** Handles the end of init: every process has asked for its next event. */
export function initialized(state: StateOf<'initializing'>, c: Circumstances): Step {
  const log: Effect[] = hasExtensions(c) ? [{ type: 'logExtensions' }] : [];
  if (state.phase === 'invoke') {
    const { task } = state;
    return {
      state: invoking(task, state.retiring, c),
      effects: [...log, { type: 'deliver', task }, { type: 'logStarted', task }, { type: 'limitCpu' }],
    };
  }
  const initDurationMs = c.elapsedMs - state.startedAt;
  if (state.invocation !== undefined) {
    const task = newTask(state.invocation, c, initDurationMs);
    return {
      state: invoking(task, state.retiring, c),
      effects: [...log, { type: 'deliver', task }, { type: 'logStarted', task }, { type: 'limitCpu' }],
    };
  }
  return state.retiring
    ? prepend(log, shutDown('spindown', 'remove', true, c))
    : rest('parked', [...log, { type: 'limitCpu' }, { type: 'freeze' }], c, initDurationMs);
}

/** Lambda repeats a failed init once, inside the invocation and under its timeout; a second failure is the response. */
export function initFailure(
  state: StateOf<'initializing'>,
  fault: Fault,
  c: Circumstances,
  ended?: string,
): Step {
  const log: Effect = {
    type: 'logInitFailed',
    phase: state.phase,
    durationMs: c.elapsedMs - state.startedAt,
    status: fault.status,
    errorType: fault.errorType,
  };
  const failure: Effect[] = hasExtensions(c)
    ? [{ type: 'logExtensions', errorType: fault.errorType }, log]
    : [log];
  if (state.phase === 'invoke') {
    // Unlike an error of the handler, an init error is in the REPORT line too.
    return prepend(
      [...failure, { type: 'logStarted', task: state.task }],
      abort(state.task, { ...fault, postedByRuntime: false }, state.retiring, c, ended),
    );
  }
  if (state.invocation === undefined)
    return prepend(failure, shutDown(reasonOf(fault), 'remove', state.retiring, c, ended));
  const next = { initializeFor: state.invocation };
  return prepend(failure, shutDown(reasonOf(fault), next, state.retiring, c, ended));
}

export function initializeAgain(task: Task, c: Circumstances, retiring: boolean): Step {
  const { progress, effect } = boot(c);
  return {
    state: {
      name: 'initializing',
      phase: 'invoke',
      task,
      startedAt: c.elapsedMs,
      deadlineAt: task.deadlineAt,
      ...progress,
      retiring,
    },
    // START is written when this init is over, as on Lambda.
    effects: [{ type: 'thaw' }, effect],
  };
}

export function invoking(task: Task, retiring: boolean, c: Circumstances): StateOf<'invoking'> {
  return { name: 'invoking', task, deadlineAt: task.deadlineAt, awaited: c.participants, retiring };
}

export function newTask(invocation: Invocation, c: Circumstances, initDurationMs?: number): Task {
  const task = { invocation, startedAt: c.elapsedMs, deadlineAt: c.nowMs + c.timeoutMs };
  return initDurationMs === undefined ? task : { ...task, initDurationMs };
}

export function endTask(task: Task, outcome: Outcome, c: Circumstances): EndedTask {
  const durationMs = c.elapsedMs - task.startedAt;
  if (outcome.kind === 'succeeded') return { task, durationMs, status: 'success' };
  if (outcome.kind === 'platformFailed')
    return { task, durationMs, status: 'failure', errorType: 'Sandbox.Failure' };
  const { status, errorType, postedByRuntime } = outcome.fault;
  return { task, durationMs, status, ...(!postedByRuntime && { errorType }) };
}

/** Ends a task with a fault and kills its processes. The caller gets its response before the kill. */
export function abort(
  task: Task,
  fault: Fault,
  retiring: boolean,
  c: Circumstances,
  /** The process whose exit is the fault. */
  ended?: string,
): Step {
  const outcome = outcomeOf(fault, task.invocation.request.requestId);
  return prepend(
    [
      { type: 'settle', invocation: task.invocation, outcome },
      { type: 'logFault', task, fault },
    ],
    shutDown(reasonOf(fault), { report: endTask(task, outcome, c) }, retiring, c, ended),
  );
}

/** The restore took too long. https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html */
export function abandonRestore({ task, retiring }: StateOf<'invoking'>, c: Circumstances): Step {
  const code = 'SnapStartTimeoutException';
  const reason = "Lambda couldn't restore the snapshot within the timeout limit.";
  const outcome: Outcome = { kind: 'platformFailed', reason, code };
  const report: EndedTask = { ...endTask(task, outcome, c), status: 'timeout', errorType: `Lambda.${code}` };
  return prepend(
    [{ type: 'settle', invocation: task.invocation, outcome }],
    shutDown('timeout', { report }, retiring, c),
  );
}

export function loseTask(task: Task, reason: string, c: Circumstances): Step {
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
export function giveUp(invocation: Invocation | undefined, reason: string, c: Circumstances): Step {
  const settle: Effect[] =
    invocation === undefined
      ? []
      : [{ type: 'settle', invocation, outcome: { kind: 'platformFailed', reason } }];
  return prepend(settle, stop(c));
}

export function abandonReset(next: AfterReset, reason: string, c: Circumstances): Step {
  if ('initializeFor' in next) return giveUp(next.initializeFor, reason, c);
  return prepend(next.report ? [{ type: 'report', ended: next.report }] : [], stop(c));
}

/** Handles a fault after a successful response. The caller keeps the response; the REPORT line has the fault. */
export function spoil(
  { ended, retiring }: StateOf<'settling'>,
  fault: Fault,
  c: Circumstances,
  endedProcess?: string,
): Step {
  const { status, errorType } = fault;
  const report = ended.status === 'success' ? { ...ended, status, errorType } : ended;
  const log: Effect = { type: 'logFault', task: ended.task, fault };
  return prepend([log], shutDown(reasonOf(fault), { report }, retiring, c, endedProcess));
}

const reasonOf = ({ status }: Fault): ShutdownReason => (status === 'timeout' ? 'timeout' : 'failure');

/**
 * Ends the processes in order. Without extensions they are killed at once; else the runtime gets SIGTERM, then the
 * extensions get SHUTDOWN. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function shutDown(
  reason: ShutdownReason,
  next: StateOf<'shuttingDown'>['next'],
  retiring: boolean,
  c: Circumstances,
  /** A process that has ended already. */
  ended?: string,
): Step {
  const { external, hasInternal } = c.extensions;
  if (external.size === 0 && !hasInternal) return afterShutdown(next, retiring, c);
  const { externalMs, internalMs, runtimeMs } = limits.shutdown;
  const living = without(new Set([...external, runtime]), ended ?? '');
  const endsAt = c.nowMs + (external.size > 0 ? externalMs : internalMs);
  const state = { name: 'shuttingDown', reason, living, next, endsAt, retiring } as const;
  if (!living.has(runtime)) return prepend([{ type: 'thaw' }], shutDownExtensions(state, c));
  return {
    state: { ...state, stage: 'runtime', deadlineAt: c.nowMs + (hasInternal ? internalMs : runtimeMs) },
    effects: [{ type: 'thaw' }, { type: 'endRuntime', signal: 'SIGTERM' }],
  };
}

/** Handles the runtime's exit: extensions are shut down next. */
export function shutDownExtensions(
  state: Omit<StateOf<'shuttingDown'>, 'stage' | 'deadlineAt'>,
  c: Circumstances,
): Step {
  const living = without(state.living, runtime);
  if (living.size === 0) return afterShutdown(state.next, state.retiring, c);
  return {
    state: { ...state, stage: 'extensions', living, deadlineAt: state.endsAt },
    effects: [{ type: 'shutDownExtensions', reason: state.reason, deadlineMs: state.endsAt }],
  };
}

export function afterShutdown(
  next: StateOf<'shuttingDown'>['next'],
  retiring: boolean,
  c: Circumstances,
): Step {
  if (next === 'remove') return stop(c);
  if (next === 'release') return { state: stop(c).state, effects: [{ type: 'release' }] };
  return reset(next, retiring, c);
}

function reset(next: AfterReset, retiring: boolean, c: Circumstances): Step {
  return {
    state: { name: 'resetting', next, deadlineAt: c.nowMs + resetTimeoutMs, retiring },
    effects: [{ type: 'reset' }],
  };
}

export function rest(
  left: 'parked' | 'none',
  effects: Effect[],
  c: Circumstances,
  initDurationMs?: number,
): Step {
  const state = { name: 'ready', runtime: left, deadlineAt: c.nowMs + c.idleTimeoutMs } as const;
  return { state: initDurationMs === undefined ? state : { ...state, initDurationMs }, effects };
}

/** Ends a free environment. Its sandbox is not reused if the last event was a fault. */
export function leave({ runtime: left }: { readonly runtime: 'parked' | 'none' }, c: Circumstances): Step {
  return left === 'parked' ? shutDown('spindown', 'release', true, c) : stop(c);
}

export function stop(c: Circumstances): Step {
  return { state: { name: 'stopping', deadlineAt: c.nowMs + stopTimeoutMs }, effects: [{ type: 'remove' }] };
}

export const prepend = (effects: readonly Effect[], next: Step): Step => ({
  state: next.state,
  effects: [...effects, ...next.effects],
});

export function without(participants: Participants, one: string): Participants {
  // This is the case for every response of a function without extensions.
  if (participants.size === 1 && participants.has(one)) return none;
  return new Set([...participants].filter((each) => each !== one));
}
