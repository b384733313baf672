import type { EnvironmentTrace, InvocationTrace, Timeline } from '../../operator-api/contract';

/** An event of the Trace Event Format that Perfetto and Chrome open; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: 'X' | 'M';
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid?: number;
  readonly args?: object;
}

const micro = (ms: number) => Math.round(ms * 1_000);

/** A process for each function, a thread for each environment, a slice for each state, invocation and phase. */
export function chromeTrace({ now, environments, invocations }: Timeline): object {
  const functions = [...new Set([...environments, ...invocations].map(({ functionName }) => functionName))];
  const pidOf = new Map(functions.map((name, index) => [name, index + 1]));
  const tidOf = new Map(environments.map(({ id }, index) => [id, index + 1]));
  const pid = ({ functionName }: { readonly functionName: string }) => pidOf.get(functionName) ?? 0;
  const events: TraceEvent[] = [
    ...functions.map(
      (name): TraceEvent => ({ name: 'process_name', ph: 'M', pid: pidOf.get(name) ?? 0, args: { name } }),
    ),
    ...environments.flatMap((each) => laneEvents(each, now, pid(each), tidOf.get(each.id) ?? 0)),
    ...invocations.flatMap((each) =>
      invocationEvents(each, now, pid(each), tidOf.get(each.environmentId ?? '') ?? 0),
    ),
  ];
  return { traceEvents: events, displayTimeUnit: 'ms' };
}

function laneEvents(lane: EnvironmentTrace, now: number, pid: number, tid: number): TraceEvent[] {
  const { states, cause, logStream, sandbox, endCause, declaredDelay } = lane;
  const name: TraceEvent = { name: 'thread_name', ph: 'M', pid, tid, args: { name: logStream } };
  const slices = states.flatMap(({ state, at }, index): TraceEvent[] => {
    if (state === 'gone' || state === 'live') return [];
    const args =
      state === 'made' ? { cause, sandbox, declaredDelay } : state === 'stopping' ? { endCause } : {};
    const until = states[index + 1]?.at ?? now;
    return [
      { name: state, cat: 'environment', ph: 'X', ts: micro(at), dur: micro(until - at), pid, tid, args },
    ];
  });
  return [name, ...slices];
}

function invocationEvents(invocation: InvocationTrace, now: number, pid: number, tid: number): TraceEvent[] {
  const { phases, requestId, status, isCold, cause, billedMs, memoryUsedMiB, startedAt, arrivedAt } =
    invocation;
  const at = isCold ? arrivedAt : (startedAt ?? arrivedAt);
  const until = invocation.freeAt ?? invocation.endedAt ?? now;
  const args = { requestId, status, isCold, cause, billedMs, memoryUsedMiB };
  const whole: TraceEvent = {
    name: isCold ? 'cold invocation' : 'invocation',
    cat: 'invocation',
    ...{ ph: 'X', ts: micro(at), dur: micro(Math.max(0, until - at)), pid, tid, args },
  };
  // Time before the environment took the invocation would overlap with the previous invocation.
  const own = phases.filter((phase) => phase.at >= at);
  return [
    ...(status === 'throttled' ? [] : [whole]),
    ...own.map(
      ({ name, at: begin, durationMs, isDeclared }): TraceEvent => ({
        name: isDeclared ? `${name} (declared)` : name,
        cat: 'phase',
        ...{ ph: 'X', ts: micro(begin), dur: micro(durationMs), pid, tid },
      }),
    ),
  ];
}
