import { eventsOf, type LogBatch, type LogLine } from './log-line';

/** If it returns a promise, the sink is full until the promise resolves. */
export type LogSink = (batch: LogBatch) => Promise<void> | undefined | void;

/** Limit of the text in memory, in UTF-16 units. */
const keepLength = 8 * 1024 * 1024;

/** Passes every log event to all followers, and keeps the latest for later readers. */
export class Journal {
  readonly #sinks = new Set<LogSink>();
  readonly #latest: LogBatch[] = [];
  readonly #keep: number;
  /** Number of events in `#latest`. */
  #events = 0;
  #length = 0;

  /** @param keep number of events in memory for `latest` */
  constructor(keep = 2_000) {
    this.#keep = keep;
  }

  /** If it returns a promise, a sink is full until the promise resolves. */
  write(batch: LogBatch): Promise<void> | undefined {
    this.#remember(batch);
    let full: Promise<void> | undefined;
    for (const sink of this.#sinks) full = sink(batch) ?? full;
    return full;
  }

  /** The last `count` events, oldest first, of one function or of all. */
  latest(count: number, functionName?: string): LogLine[] {
    const found: (readonly LogLine[])[] = [];
    let missing = count;
    for (let at = this.#latest.length - 1; at >= 0 && missing > 0; at -= 1) {
      const batch = this.#latest[at] as LogBatch;
      if (functionName !== undefined && batch.functionName !== functionName) continue;
      found.push(eventsOf(batch).slice(-missing));
      missing -= batch.events ?? 1;
    }
    return found.reverse().flat();
  }

  /** All events that are in memory, oldest first. */
  lines(): readonly LogLine[] {
    return this.#latest.flatMap(eventsOf);
  }

  /** Calls `sink` for each later event, until the returned function is called. */
  follow(sink: LogSink): () => void {
    this.#sinks.add(sink);
    return () => void this.#sinks.delete(sink);
  }

  #remember(batch: LogBatch): void {
    const { events = 1 } = batch;
    const kept = events > this.#keep ? lastEvents(batch, this.#keep) : batch;
    this.#latest.push(kept);
    this.#events += kept.events ?? 1;
    this.#length += kept.text.length;
    // Cuts in steps, so that a busy journal does not move its whole memory for every event.
    if (this.#events > this.#keep * 1.5 || this.#length > keepLength * 1.5) this.#cut();
  }

  #cut(): void {
    let [events, length] = [0, 0];
    let at = this.#latest.length;
    while (at > 0) {
      const { events: more = 1, text } = this.#latest[at - 1] as LogBatch;
      if (events + more > this.#keep || length + text.length > keepLength) break;
      events += more;
      length += text.length;
      at -= 1;
    }
    this.#latest.splice(0, at);
    this.#events = events;
    this.#length = length;
  }
}

function lastEvents(batch: LogBatch, count: number): LogBatch {
  let at = batch.text.length;
  for (let found = 0; found < count; found += 1) at = batch.text.lastIndexOf('\n', at - 1);
  return { ...batch, events: count, text: batch.text.slice(at + 1) };
}

/** Whether a line belongs to a function or is about it. */
export function isOf({ functionName, about }: LogLine, name: string): boolean {
  return functionName === name || about === name;
}
