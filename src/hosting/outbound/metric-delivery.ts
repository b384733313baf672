import { type Alarm, type Clock, every } from '../../lib/clock';
import { type AwsEndpoint, sendToAws } from './aws-request';

/** Counts of one function since the start, and extremes since `beginWindow`. */
export interface FunctionFigures {
  readonly functionName: string;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly windowUnderWayMost: number;
  readonly durations: {
    readonly count: number;
    readonly sumMs: number;
    readonly windowLeastMs: number;
    readonly windowMostMs: number;
  };
  beginWindow(): void;
}

export interface MetricDeliveryParts {
  readonly endpoint: AwsEndpoint;
  readonly region: string;
  readonly figures: () => Iterable<FunctionFigures>;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
}

/** Interval of Lambda's own metrics. */
const everyMs = 60_000;
const requestMs = 10_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const metricsMost = 1_000;

interface Counts {
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly count: number;
  readonly sumMs: number;
}

const nothing: Counts = { invocations: 0, errors: 0, throttles: 0, count: 0, sumMs: 0 };

/** A metric as `PutMetricData` has it; several values are given by their statistics. */
type Datum = {
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds';
} & (
  | { readonly value: number }
  | { readonly count: number; readonly sum: number; readonly least: number; readonly most: number }
);

/** Puts functions' metrics to CloudWatch or a stand-in once a minute. Failed requests are not retried. */
export class MetricDelivery {
  readonly #before = new Map<string, Counts>();
  readonly #alarm: Alarm;
  #sending: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(private readonly parts: MetricDeliveryParts) {
    this.#alarm = every(parts.clock, everyMs, () => void this.send());
  }

  /** Sends the metrics since the last call. Never rejects. */
  send(): Promise<void> {
    const data = this.#take();
    for (let at = 0; at < data.length; at += metricsMost) {
      const some = data.slice(at, at + metricsMost);
      this.#sending = this.#sending.then(() => this.#put(some));
    }
    return this.#sending;
  }

  async close(): Promise<void> {
    this.#alarm.clear();
    await this.send();
  }

  #take(): readonly (Datum & { readonly functionName: string })[] {
    return [...this.parts.figures()].flatMap((figures) => {
      const { functionName, invocations, errors, throttles, windowUnderWayMost, durations } = figures;
      const before = this.#before.get(functionName) ?? nothing;
      const { count, sumMs, windowLeastMs: least, windowMostMs: most } = durations;
      this.#before.set(functionName, { invocations, errors, throttles, count, sumMs });
      figures.beginWindow();
      if (invocations === before.invocations && throttles === before.throttles) return [];
      const counted = (name: string, value: number): Datum => ({ name, unit: 'Count', value });
      const data: Datum[] = [
        counted('Invocations', invocations - before.invocations),
        counted('Errors', errors - before.errors),
        counted('Throttles', throttles - before.throttles),
        counted('ConcurrentExecutions', windowUnderWayMost),
      ];
      const more = count - before.count;
      if (more > 0)
        data.push({
          name: 'Duration',
          unit: 'Milliseconds',
          count: more,
          sum: sumMs - before.sumMs,
          least,
          most,
        });
      return data.map((datum) => ({ ...datum, functionName }));
    });
  }

  async #put(data: readonly (Datum & { readonly functionName: string })[]): Promise<void> {
    const { endpoint, region, clock, say } = this.parts;
    const deadline = new AbortController();
    const limit = clock.alarm(clock.now() + requestMs, () => deadline.abort());
    const request = {
      service: 'monitoring',
      method: 'POST',
      target: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: formOf(data, new Date(clock.now()).toISOString()),
    } as const;
    try {
      await sendToAws(endpoint, region, request, deadline.signal);
      this.#hasFailed = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#hasFailed) say(`Cannot put metrics: ${reason}. lambdock goes on with the next ones.`);
      this.#hasFailed = true;
    } finally {
      limit.clear();
    }
  }
}

function formOf(data: readonly (Datum & { readonly functionName: string })[], time: string): string {
  const form = new URLSearchParams({
    Action: 'PutMetricData',
    Version: '2010-08-01',
    Namespace: 'AWS/Lambda',
  });
  for (const [at, datum] of data.entries()) {
    const set = (name: string, value: string | number) =>
      form.set(`MetricData.member.${at + 1}.${name}`, String(value));
    set('MetricName', datum.name);
    set('Unit', datum.unit);
    set('Timestamp', time);
    set('Dimensions.member.1.Name', 'FunctionName');
    set('Dimensions.member.1.Value', datum.functionName);
    if ('value' in datum) set('Value', datum.value);
    else {
      set('StatisticValues.SampleCount', datum.count);
      set('StatisticValues.Sum', datum.sum);
      set('StatisticValues.Minimum', datum.least);
      set('StatisticValues.Maximum', datum.most);
    }
  }
  return form.toString();
}
