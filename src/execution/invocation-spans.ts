import type { Clock } from '../lib/clock';
import { runtimeDoneEvent, type Span } from '../telemetry/platform-events';
import type { PlatformLog } from '../telemetry/platform-log';
import type { EndedTask } from './lifecycle/lifecycle-types';

/** Fields of `platform.runtimeDone` for an invocation. */
interface RuntimeDone {
  readonly ended: EndedTask;
  readonly timeMs: number;
  readonly durationMs: number;
  readonly spans: readonly Span[];
}

/** Measures the spans of an environment's invocations if the log or an extension needs them. */
export class InvocationSpans {
  /** `Clock.elapsed` of the first byte of the response. */
  #respondingAt: number | undefined;
  #done: RuntimeDone | undefined;
  #written: string | undefined;

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'elapsed'>,
    private readonly platform: PlatformLog,
  ) {}

  responding(): void {
    if (this.platform.isDetailed) this.#respondingAt = this.clock.elapsed();
  }

  /** Call it when the runtime finishes a task. */
  doneNow(ended: EndedTask): RuntimeDone {
    const durationMs = this.clock.elapsed() - ended.task.startedAt;
    const answeredMs = Math.min(ended.durationMs, durationMs);
    const latencyMs = Math.min(
      answeredMs,
      this.#respondingAt === undefined ? answeredMs : this.#respondingAt - ended.task.startedAt,
    );
    this.#respondingAt = undefined;
    const timeMs = this.clock.now();
    const startMs = timeMs - durationMs;
    const spans: Span[] = [
      { name: 'responseLatency', startMs, durationMs: latencyMs },
      { name: 'responseDuration', startMs: startMs + latencyMs, durationMs: answeredMs - latencyMs },
      { name: 'runtimeOverhead', startMs: startMs + answeredMs, durationMs: durationMs - answeredMs },
    ];
    return { ended, timeMs, durationMs, spans };
  }

  writeDone(done: RuntimeDone): void {
    const { task } = done.ended;
    const { requestId, traceId: trace } = task.invocation.request;
    this.#done = done;
    this.#written = requestId;
    const { outcome } = task.invocation;
    const producedBytes =
      outcome?.kind === 'succeeded' || outcome?.kind === 'failed' ? outcome.payload.length : 0;
    const { timeMs, durationMs, spans } = done;
    const end = { requestId, trace, spans, durationMs, producedBytes, ...endingOf(done.ended) };
    this.platform.write(timeMs, () => runtimeDoneEvent(end));
  }

  /** For a task that ended before the runtime asked for its next event. */
  writeDoneOf(ended: EndedTask): void {
    if (!this.platform.isDetailed || this.#written === ended.task.invocation.request.requestId) return;
    const { durationMs } = ended;
    this.writeDone({ ended, timeMs: this.clock.now(), durationMs, spans: [] });
  }

  /** Fields of `platform.report` beyond the figures of the REPORT line. */
  reportOf(ended: EndedTask) {
    const overheadMs = ended.durationMs - (this.#done?.durationMs ?? ended.durationMs);
    const spans: Span[] =
      this.#done !== undefined && overheadMs > 0
        ? [{ name: 'extensionOverhead', startMs: this.#done.timeMs, durationMs: overheadMs }]
        : [];
    this.#done = undefined;
    this.#written = undefined;
    return { trace: ended.task.invocation.request.traceId, spans, ...endingOf(ended) };
  }
}

/** Unlike the REPORT line, it includes the type of an error that the runtime reported. */
function endingOf({ task, status, errorType }: EndedTask) {
  const { outcome } = task.invocation;
  const reported = outcome?.kind === 'failed' ? outcome.fault.errorType : undefined;
  return { status, errorType: errorType ?? (status === 'success' ? undefined : reported) };
}
