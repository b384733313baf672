import type { Clock } from '../../lib/clock';
import { type Dial, senderTo } from './destination';
import { Subscriber } from './subscriber';
import type { Subscription, TelemetryEvent, TelemetryKind } from './subscription';

/** Limit of event text that is kept for extensions that subscribe during init. */
const replayMostLength = 262_144;

/** The subscribers of one environment, and its init events for later subscribers. */
export class EnvironmentTelemetry {
  #subscribers: readonly Subscriber[] = [];
  /** Undefined after init, when extensions can no longer subscribe. */
  #replay: TelemetryEvent[] | undefined = [];
  #replayLength = 0;

  constructor(
    private readonly clock: Clock,
    private readonly dial: Dial,
  ) {}

  /** Whether anything needs the events. */
  get isWanted(): boolean {
    return this.#replay !== undefined || this.#subscribers.length > 0;
  }

  emit(event: TelemetryEvent): void {
    for (const subscriber of this.#subscribers) subscriber.add(event);
    if (this.#replay === undefined || this.#replayLength > replayMostLength) return;
    this.#replay.push(event);
    this.#replayLength += typeof event.record === 'string' ? event.record.length : 256;
  }

  /** @param process `runtime` or `extension/NAME`. @param events number of events; if above 1, each line is an event */
  lines(process: string, text: string, events: number, timeMs: number): void {
    const kind: TelemetryKind = process === 'runtime' ? 'function' : 'extension';
    for (const line of events === 1 ? [text] : text.split('\n'))
      this.emit({ timeMs, kind, type: kind, record: line });
  }

  /** Sends a subscriber the events since the init phase started. Ends its earlier subscription. */
  subscribe(subscription: Subscription): void {
    const { name } = subscription;
    const others = this.#subscribers.filter((each) => each.subscription.name !== name);
    for (const each of this.#subscribers) if (!others.includes(each)) each.close();
    const sender = senderTo(subscription.destination, this.dial);
    const subscriber = new Subscriber(subscription, sender, this.clock);
    this.#subscribers = [...others, subscriber];
    for (const event of this.#replay ?? []) subscriber.add(event);
  }

  initEnded(): void {
    this.#replay = undefined;
  }

  /** Sends batches that are not full. */
  flush(): void {
    for (const subscriber of this.#subscribers) subscriber.flush();
  }

  /** The processes have been killed. The next ones may subscribe again. */
  restart(): void {
    this.close();
    this.#replay = [];
    this.#replayLength = 0;
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
    this.#subscribers = [];
    this.#replay = undefined;
  }
}
