import type { Alarm, Clock } from '../../lib/clock';
import { logsDroppedEvent } from '../platform-events';
import type { Sender } from './destination';
import { eventText } from './event-schema';
import type { Subscription, TelemetryEvent } from './subscription';

/** Retries, since a listener may start to listen shortly after it has subscribed. */
const attempts = 5;
const attemptAgainMs = 100;

/** Buffers events for one subscriber and sends them in batches, one at a time. */
export class Subscriber {
  #waiting: string[] = [];
  #bytes = 0;
  #sending: Promise<void> | undefined;
  #alarm: Alarm | undefined;
  #dropped = { records: 0, bytes: 0 };
  #isClosed = false;

  constructor(
    readonly subscription: Subscription,
    private readonly sender: Sender,
    private readonly clock: Clock,
  ) {}

  add(event: TelemetryEvent): void {
    if (this.#isClosed || !this.subscription.kinds.includes(event.kind)) return;
    const text = eventText(event, this.subscription);
    if (text === undefined) return;
    const { maxBytes, maxItems, timeoutMs } = this.subscription.buffering;
    const bytes = Buffer.byteLength(text);
    // During a send, at most one more batch of full size may wait.
    if (this.#sending && (this.#bytes + bytes > maxBytes || this.#waiting.length >= maxItems)) {
      this.#dropped.records += 1;
      this.#dropped.bytes += bytes;
      return;
    }
    this.#waiting.push(text);
    this.#bytes += bytes;
    if (this.#bytes >= maxBytes || this.#waiting.length >= maxItems) this.flush();
    else this.#alarm ??= this.clock.alarm(this.clock.now() + timeoutMs, () => this.flush());
  }

  /** Sends waiting events after the current batch. */
  flush(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    if (this.#sending !== undefined || this.#waiting.length === 0 || this.#isClosed) return;
    const events = this.#waiting;
    const bytes = this.#bytes;
    this.#waiting = [];
    this.#bytes = 0;
    this.#sending = this.#send(events, bytes).then(() => {
      this.#sending = undefined;
      this.#reportDropped();
      this.flush();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#alarm?.clear();
    this.sender.close();
  }

  async #send(events: readonly string[], bytes: number): Promise<void> {
    for (let attempt = 1; !this.#isClosed; attempt += 1) {
      try {
        await this.sender.send(events);
        return;
      } catch {
        if (attempt === attempts) break;
        await new Promise<void>((resolve) => {
          this.clock.alarm(this.clock.now() + attemptAgainMs, resolve);
        });
      }
    }
    this.#dropped.records += events.length;
    this.#dropped.bytes += bytes;
  }

  #reportDropped(): void {
    const { records, bytes } = this.#dropped;
    if (records === 0 || this.#isClosed) return;
    this.#dropped = { records: 0, bytes: 0 };
    const event = logsDroppedEvent(records, bytes);
    this.add({ timeMs: this.clock.now(), kind: 'platform', type: event.type, record: event.record });
  }
}
