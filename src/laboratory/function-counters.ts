import { DurationHistogram } from './duration-histogram';
import type { InvocationRecording } from './invocation-recording';

/** Counters of one function since lambdock started. */
export class FunctionCounters {
  /** Memory size of the newest version. */
  memorySizeMiB = 0;
  invocations = 0;
  errors = 0;
  throttles = 0;
  coldStarts = 0;
  /** Current number. */
  environments = 0;
  environmentsMost = 0;
  /** Invocations that have not ended. */
  underWay = 0;
  windowUnderWayMost = 0;
  /** From the delivery of the event to the response. */
  readonly durations = new DurationHistogram();

  constructor(readonly functionName: string) {}

  began(): void {
    this.environments += 1;
    this.environmentsMost = Math.max(this.environmentsMost, this.environments);
  }

  left(): void {
    this.environments -= 1;
  }

  arrived(): void {
    this.underWay += 1;
    this.windowUnderWayMost = Math.max(this.windowUnderWayMost, this.underWay);
  }

  /** Counts the end of an invocation that was not throttled. */
  ended({ status, isCold, startedAt, answeredAt }: InvocationRecording): void {
    this.underWay -= 1;
    this.invocations += 1;
    if (status !== 'success') this.errors += 1;
    if (isCold) this.coldStarts += 1;
    if (startedAt !== undefined && answeredAt !== undefined) this.durations.add(answeredAt - startedAt);
  }

  /** Starts a new window for the extremes. */
  beginWindow(): void {
    this.windowUnderWayMost = this.underWay;
    this.durations.beginWindow();
  }
}
