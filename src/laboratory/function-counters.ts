import type { InvocationRecording } from './invocation-recording';

/** Counts of one function since lambdock started. */
export class FunctionCounters {
  /** Of its newest version. */
  memorySizeMiB = 0;
  invocations = 0;
  errors = 0;
  throttles = 0;
  coldStarts = 0;
  /** Now. */
  environments = 0;
  environmentsMost = 0;

  constructor(readonly functionName: string) {}

  began(): void {
    this.environments += 1;
    this.environmentsMost = Math.max(this.environmentsMost, this.environments);
  }

  left(): void {
    this.environments -= 1;
  }

  /** One that was not throttled has ended. */
  ended({ status, isCold }: InvocationRecording): void {
    this.invocations += 1;
    if (status !== 'success') this.errors += 1;
    if (isCold) this.coldStarts += 1;
  }
}
