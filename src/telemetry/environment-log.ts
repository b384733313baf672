import { randomBytes } from 'node:crypto';
import { limits } from '../aws/limits';
import { LineSplitter } from '../lib/lines';
import type { Journal } from './journal';
import { TelemetryFrames } from './telemetry-frames';

/** `YYYY/MM/DD/[version]` and 32 hex digits. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
export function newLogStreamName(version: string, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}

const nothing = Buffer.alloc(0);

type Framing = { push(bytes: Buffer): string[]; flush?(): string[] };

/** The log stream of one environment: cuts output into events and puts the request's id to each. */
export class EnvironmentLog {
  readonly #journal: Journal;
  readonly #framings = new Map<string, Framing>();
  readonly #where: { functionName: string; functionVersion: string; logStream: string };
  #requestId: string | undefined;
  #tail: Buffer[] | undefined;

  constructor(journal: Journal, where: { functionName: string; functionVersion: string; logStream: string }) {
    this.#journal = journal;
    this.#where = where;
  }

  /** Events from here on belong to this request; with `tail` they are kept for its answer too. */
  beginRequest(requestId: string, tail: boolean): void {
    this.#requestId = requestId;
    this.#tail = tail ? [] : undefined;
  }

  /** Ends the request; the last 4,096 bytes of what was said during it, where that was asked for. */
  endRequest(): Buffer {
    const tail = this.#tail;
    this.#requestId = undefined;
    this.#tail = undefined;
    if (tail === undefined) return nothing;
    const text = Buffer.concat(tail);
    return text.subarray(Math.max(0, text.length - limits.logTailBytes));
  }

  /** @param timeMs when it happened, here and below; lines may be written later than that */
  platform(text: string, timeMs: number): void {
    this.#write(text, timeMs);
  }

  output(process: string, stream: 'stdout' | 'stderr' | 'telemetry', bytes: Buffer, timeMs: number): void {
    const key = `${process} ${stream}`;
    let framing = this.#framings.get(key);
    if (framing === undefined) {
      framing = stream === 'telemetry' ? new TelemetryFrames() : new LineSplitter();
      this.#framings.set(key, framing);
    }
    for (const text of framing.push(bytes)) this.#write(text, timeMs);
  }

  /** Writes unfinished last lines: at the end of a request (a print without a line break) and of a process. */
  flush(timeMs: number): void {
    for (const framing of this.#framings.values())
      for (const text of framing.flush?.() ?? []) this.#write(text, timeMs);
  }

  #write(text: string, timeMs: number): void {
    this.#tail?.push(Buffer.from(`${text}\n`));
    const { functionName, functionVersion, logStream } = this.#where;
    const requestId = this.#requestId;
    // There are several to a call, so each is made in one go and without copying members.
    this.#journal.write(
      requestId === undefined
        ? { timeMs, functionName, functionVersion, logStream, text }
        : { timeMs, functionName, functionVersion, logStream, requestId, text },
    );
  }
}
