import type { EnvironmentTrace, InvocationTrace, PhaseTrace } from '../../../operator-api/contract';

/**
 * The trace event format of Chrome's tracing and Perfetto: a process per function, a thread per environment. Times in
 * microseconds: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M' | 'i';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

export function chromeTrace(
  environments: readonly EnvironmentTrace[],
  invocations: readonly InvocationTrace[],
): string {
  const processes = new Map<string, number>();
  const threads = new Map<string, { readonly pid: number; readonly tid: number }>();
  const events: TraceEvent[] = [];
  const processOf = (functionName: string) => {
    const known = processes.get(functionName);
    if (known !== undefined) return known;
    const pid = processes.size + 1;
    processes.set(functionName, pid);
    events.push({ name: 'process_name', ph: 'M', pid, tid: 0, args: { name: functionName } });
    return pid;
  };
  for (const environment of environments) {
    const lane = { pid: processOf(environment.functionName), tid: threads.size + 1 };
    threads.set(environment.id, lane);
    events.push({ name: 'thread_name', ph: 'M', ...lane, args: { name: environment.id } });
    events.push(...startOf(environment, lane));
  }
  for (const each of invocations) {
    // Thread 0 of a function shows invocations without an environment.
    const lane = threads.get(each.environmentId ?? '') ?? { pid: processOf(each.functionName), tid: 0 };
    events.push(...partsOf(each, lane));
  }
  return JSON.stringify({ traceEvents: events, displayTimeUnit: 'ms' });
}

type Lane = Pick<TraceEvent, 'pid' | 'tid'>;

const micros = (ms: number) => Math.round(ms * 1_000);

/** The states that no invocation shows: the environment's start and end. */
function startOf({ states, cause, endCause, version }: EnvironmentTrace, lane: Lane): TraceEvent[] {
  const first = states[0];
  const mark: TraceEvent[] = first
    ? [{ name: `cold start: ${cause}`, ph: 'i', s: 't', cat: 'cold', ...lane, ts: micros(first.at) }]
    : [];
  const spans = states.flatMap(({ state, at }, index) => {
    const until = states[index + 1]?.at;
    if (until === undefined || state === 'live' || state === 'gone') return [];
    const args = { version, cause, ...(endCause !== undefined && { endCause }) };
    return [span(state, 'environment', lane, at, until - at, args)];
  });
  return [...mark, ...spans];
}

function partsOf(invocation: InvocationTrace, lane: Lane): TraceEvent[] {
  const { requestId, status, isCold, errorType, durationMs, startedAt, freeAt, endedAt } = invocation;
  const until = freeAt ?? endedAt;
  if (startedAt === undefined || until === undefined) return [];
  const args = { requestId, status, isCold, ...(errorType !== undefined && { errorType }), durationMs };
  const inside = (phase: PhaseTrace) => phase.at >= startedAt;
  return [
    span('invocation', `invocation,${status}`, lane, startedAt, until - startedAt, args),
    // Earlier phases overlap other invocations of the lane and the environment's states.
    ...invocation.phases
      .filter(inside)
      .map(({ name, at, durationMs: ms }) => span(name, 'phase', lane, at, ms, { requestId })),
  ];
}

function span(
  name: string,
  cat: string,
  lane: Lane,
  at: number,
  ms: number,
  args: Readonly<Record<string, unknown>>,
): TraceEvent {
  return { name, cat, ph: 'X', ...lane, ts: micros(at), dur: Math.max(0, micros(ms)), args };
}
