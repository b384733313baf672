import { randomBytes } from 'node:crypto';
import { limits } from '../aws/limits';
import type { FunctionLogging } from '../aws/logging';
import { linesOfLevel } from './application-level';
import type { Journal } from './journal';
import { type EventTexts, joinedRecords, LineBatches } from './line-batches';
import { TelemetryFrames } from './telemetry-frames';

/**
 * `YYYY/MM/DD/[version]` and 32 hex digits. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export function newLogStreamName(version: string, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}

/** Receives the output lines of each process. */
export interface LineTap {
  readonly isWanted: boolean;
  /** @param events number of events; if above 1, each line of `text` is an event */
  lines(process: string, text: string, events: number, timeMs: number): void;
}

interface Framing {
  push(bytes: Buffer): readonly EventTexts[];
  flush(): readonly EventTexts[];
}

/** The log stream of one environment. It splits output into events and adds the request id to each. */
export class EnvironmentLog {
  readonly #journal: Journal;
  readonly #framings = new Map<string, Framing>();
  readonly #where: { functionName: string; functionVersion: string; logStream: string };
  #requestId: string | undefined;
  /** The end of the request's log: at least as much as its response can hold, at most about twice that. */
  #tail: string | undefined;
  /** The last 4,096 bytes of output since the last request ended. */
  #between = '';

  readonly #tap: LineTap | undefined;
  readonly #logging: FunctionLogging | undefined;

  constructor(
    journal: Journal,
    where: { functionName: string; functionVersion: string; logStream: string },
    tap?: LineTap,
    logging?: FunctionLogging,
  ) {
    this.#journal = journal;
    this.#where = where;
    this.#tap = tap;
    this.#logging = logging;
  }

  /** Later events belong to this request. With `tail`, its response gets them, after those since the last request. */
  beginRequest(requestId: string, tail: boolean): void {
    this.#requestId = requestId;
    this.#tail = tail ? this.#between : undefined;
    this.#between = '';
  }

  /** Ends the request; returns the last 4,096 bytes of its log if `tail` was requested. */
  endRequest(): Buffer {
    const text = Buffer.from(this.#tail ?? '');
    this.#requestId = undefined;
    this.#tail = undefined;
    return text.subarray(Math.max(0, text.length - limits.logTailBytes));
  }

  /**
   * @param timeMs time of the event, here and below; its line may be written later
   * @param isTailed whether the next request's tail includes a line that is written between two requests
   */
  platform(text: string, timeMs: number, isTailed = false): void {
    this.#write(text, 1, timeMs, isTailed);
  }

  /** If it returns a promise, the sink is full until the promise resolves. */
  output(
    process: string,
    stream: 'stdout' | 'stderr' | 'telemetry',
    bytes: Buffer,
    timeMs: number,
  ): Promise<void> | undefined {
    const key = `${process} ${stream}`;
    let framing = this.#framings.get(key);
    if (framing === undefined) {
      framing = stream === 'telemetry' ? framed() : new LineBatches();
      this.#framings.set(key, framing);
    }
    let full: Promise<void> | undefined;
    for (const { text, events } of framing.push(bytes))
      full = this.#line(process, text, events, timeMs) ?? full;
    return full;
  }

  /** Writes unfinished last lines: at the end of a request (a print without a line break) and of a process. */
  flush(timeMs: number): void {
    for (const [key, framing] of this.#framings)
      for (const { text, events } of framing.flush())
        this.#line(key.slice(0, key.lastIndexOf(' ')), text, events, timeMs);
  }

  /** The processes have exited: later output does not continue their last line. */
  restart(timeMs: number): void {
    this.flush(timeMs);
    this.#framings.clear();
  }

  #line(process: string, text: string, events: number, timeMs: number): Promise<void> | undefined {
    if (this.#tap?.isWanted) this.#tap.lines(process, text, events, timeMs);
    const logging = this.#logging;
    const logged = logging === undefined ? { text, events } : linesOfLevel({ text, events }, logging);
    return logged && this.#write(logged.text, logged.events, timeMs, true);
  }

  #write(text: string, events: number, timeMs: number, isTailed: boolean): Promise<void> | undefined {
    if (this.#tail !== undefined) this.#tail = withLine(this.#tail, text);
    else if (isTailed && this.#requestId === undefined) this.#between = withLine(this.#between, text);
    const { functionName, functionVersion, logStream } = this.#where;
    const requestId = this.#requestId;
    // This runs several times per invocation, so one literal creates the object without copies.
    return this.#journal.write(
      requestId === undefined
        ? { timeMs, functionName, functionVersion, logStream, text, events }
        : { timeMs, functionName, functionVersion, logStream, requestId, text, events },
    );
  }
}

function framed(): Framing {
  const frames = new TelemetryFrames();
  return { push: (bytes) => joinedRecords(frames.push(bytes)), flush: () => [] };
}

/** Cuts to about twice the limit of a tail, in UTF-16 units, which are at least a byte each. */
function withLine(tail: string, text: string): string {
  const longer = `${tail}${text.slice(-limits.logTailBytes)}\n`;
  return longer.length > 2 * limits.logTailBytes ? longer.slice(-limits.logTailBytes) : longer;
}
