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

/** Receives the lines of each process. */
export interface LineTap {
  readonly isWanted: boolean;
  /** @param events how many: where it is above 1, each line of `text` is one */
  lines(process: string, text: string, events: number, timeMs: number): void;
}

interface Framing {
  push(bytes: Buffer): readonly EventTexts[];
  flush(): readonly EventTexts[];
}

/** The log stream of one environment: cuts output into events and puts the request's id to each. */
export class EnvironmentLog {
  readonly #journal: Journal;
  readonly #framings = new Map<string, Framing>();
  readonly #where: { functionName: string; functionVersion: string; logStream: string };
  #requestId: string | undefined;
  /** The end of what was written for the request, no less than what its answer takes and at most about twice that. */
  #tail: string | undefined;
  /** The last 4,096 bytes printed since the last request ended. */
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

  /**
   * Later events belong to this request; with `tail` they are kept for its response, after those from between requests.
   */
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
   * @param timeMs when it happened, here and below; lines may be written later than that
   * @param isTailed whether the next request's tail has it, where it comes between two requests
   */
  platform(text: string, timeMs: number, isTailed = false): void {
    this.#write(text, 1, timeMs, isTailed);
  }

  /** If it returns a promise, the sink is full until that resolves. */
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

  /** The processes have ended: what the next ones print is not the rest of what these began. */
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
    // There are several to a call, so each is made in one go and without copying members.
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

/** Cut to about twice what a tail may have. In UTF-16 units, of which each is at least a byte. */
function withLine(tail: string, text: string): string {
  const longer = `${tail}${text.slice(-limits.logTailBytes)}\n`;
  return longer.length > 2 * limits.logTailBytes ? longer.slice(-limits.logTailBytes) : longer;
}
