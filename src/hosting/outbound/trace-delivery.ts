import { type Alarm, type Clock, every } from '../../lib/clock';
import type { InvocationTrace } from '../../operator-api/contract';
import { type OtlpSpan, spansOf } from './otlp-spans';

/** An invocation that is over. */
export interface FinishedInvocation {
  /** Its `X-Amzn-Trace-Id`. */
  readonly traceId: string;
  /** Span of the caller. */
  readonly callerSpan?: string;
  readonly trace: () => InvocationTrace;
}

export interface TraceDeliveryParts {
  /** Of a collector, e.g. `http://localhost:4318`. */
  readonly endpoint: string;
  readonly settings: { readonly region: string; readonly accountId: string };
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
}

const everyMs = 1_000;
const requestMs = 10_000;
/** Invocations that wait; of more the oldest are dropped. */
const waitingMost = 10_000;
const batchMost = 500;

/**
 * Sends invocations with their phases to an OpenTelemetry collector, as OTLP in JSON over HTTP.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class TraceDelivery {
  #waiting: FinishedInvocation[] = [];
  #dropped = 0;
  #sending: Promise<void> | undefined;
  #hasFailed = false;
  readonly #alarm: Alarm;

  constructor(private readonly parts: TraceDeliveryParts) {
    this.#alarm = every(parts.clock, everyMs, () => void this.send());
  }

  add(invocation: FinishedInvocation): void {
    this.#waiting.push(invocation);
    if (this.#waiting.length <= waitingMost) return;
    this.#waiting.shift();
    this.#dropped += 1;
  }

  /** Sends waiting spans. Never rejects. */
  send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async close(): Promise<void> {
    this.#alarm.clear();
    await this.#sending;
    await this.send();
  }

  async #sendAll(): Promise<void> {
    const { endpoint, say } = this.parts;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, batchMost);
      try {
        await this.#post(batch);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!this.#hasFailed)
          say(
            `Cannot send traces to ${endpoint}: ${reason}. lambdock keeps the latest ${waitingMost} and tries again.`,
          );
        this.#hasFailed = true;
        return;
      }
      // Some may have been dropped at the front meanwhile.
      const sent = new Set(batch);
      this.#waiting = this.#waiting.filter((each) => !sent.has(each));
      if (this.#dropped > 0)
        say(`${this.#dropped} traces were dropped while ${endpoint} could not be reached.`);
      this.#dropped = 0;
      this.#hasFailed = false;
    }
  }

  async #post(batch: readonly FinishedInvocation[]): Promise<void> {
    const { endpoint, settings, clock } = this.parts;
    const deadline = new AbortController();
    const limit = clock.alarm(clock.now() + requestMs, () => deadline.abort());
    try {
      const answer = await fetch(`${endpoint}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: resourcesOf(batch, settings) }),
        signal: deadline.signal,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`it answered ${answer.status}: ${text.slice(0, 200)}`);
    } finally {
      limit.clear();
    }
  }
}

/** A resource per function. */
function resourcesOf(
  batch: readonly FinishedInvocation[],
  settings: TraceDeliveryParts['settings'],
): object[] {
  const functions = new Map<string, { version: string; spans: OtlpSpan[] }>();
  for (const { traceId, callerSpan, trace } of batch) {
    const invocation = trace();
    const { functionName, version } = invocation;
    const key = `${functionName}:${version}`;
    const found = functions.get(key) ?? { version, spans: [] };
    found.spans.push(...spansOf(invocation, traceId, callerSpan));
    functions.set(key, found);
  }
  return [...functions].map(([key, { version, spans }]) => {
    const name = key.slice(0, -version.length - 1);
    const attributes = {
      'service.name': name,
      'faas.name': name,
      'faas.version': version,
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': settings.region,
      'cloud.account.id': settings.accountId,
    };
    return {
      resource: {
        attributes: Object.entries(attributes).map(([at, stringValue]) => ({
          key: at,
          value: { stringValue },
        })),
      },
      scopeSpans: [{ scope: { name: 'lambdock' }, spans }],
    };
  });
}
