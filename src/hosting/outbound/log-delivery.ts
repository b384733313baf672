import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Alarm, Clock } from '../../lib/clock';
import type { ArchivedEvent, LogArchive, LogPosition } from '../../telemetry/log-archive';
import type { LogBatch } from '../../telemetry/log-line';
import { ownLogName } from '../../telemetry/notices';
import { type AwsEndpoint, AwsRefusal, jsonRequest, sendToAws } from './aws-request';

export interface LogDeliveryParts {
  readonly archive: LogArchive;
  readonly endpoint: AwsEndpoint;
  readonly region: string;
  /** The log group of a function. */
  readonly groupOf: (functionName: string) => string;
  /** File with the delivered position of each log. */
  readonly stateFile: string;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  readonly fail: (error: Error) => void;
}

/** How long lines wait for further ones. */
const waitMs = 500;
/** After a failure the waits double from the first to the last. */
const backOffMs = { first: 1_000, most: 60_000 };
const requestMs = 30_000;

/** Bounds of a batch. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const batchEvents = 10_000;
const batchBytes = 1_048_576;
const eventBytes = 26;
const batchMs = 86_400_000;

type Positions = Record<string, LogPosition>;

/**
 * Delivers log lines to CloudWatch Logs or a stand-in. It reads the log files from the last delivered position, so an
 * unreachable endpoint uses no memory, and lines survive a restart until their file is rotated away. A line may be
 * delivered twice if lambdock exits in between.
 */
export class LogDelivery {
  readonly #dirty = new Set<string>();
  /** `GROUP STREAM` of existing streams. */
  readonly #streams = new Set<string>();
  #positions: Positions;
  #alarm: Alarm | undefined;
  #round: Promise<void> | undefined;
  #backOffMs = 0;
  #isClosed = false;
  readonly #abort = new AbortController();

  constructor(private readonly parts: LogDeliveryParts) {
    this.#positions = readPositions(parts.stateFile);
  }

  /** Skips existing logs that were never delivered: they are from before the endpoint was set. */
  async begin(): Promise<void> {
    for (const { functionName } of await this.parts.archive.logs()) {
      if (this.#positions[functionName] !== undefined) this.#dirty.add(functionName);
      else {
        const end = await this.parts.archive.end(functionName);
        if (end !== undefined) this.#positions[functionName] = end;
      }
    }
    this.#schedule(0);
  }

  /** A sink of the journal. */
  readonly written = ({ functionName }: LogBatch): void => {
    if (functionName === ownLogName) return;
    this.#dirty.add(functionName);
    if (this.#alarm === undefined && this.#round === undefined) this.#schedule(waitMs);
  };

  /** Delivers what is left, for as long as `limitMs`. */
  async close(limitMs = 2_000): Promise<void> {
    const { clock } = this.parts;
    this.#alarm?.clear();
    const limit = clock.alarm(clock.now() + limitMs, () => this.#abort.abort());
    await this.#round;
    if (this.#backOffMs === 0) await this.#deliverAll().catch(() => undefined);
    limit.clear();
    this.#isClosed = true;
    this.#alarm?.clear();
  }

  #schedule(ms: number): void {
    const { clock } = this.parts;
    this.#alarm?.clear();
    this.#alarm = clock.alarm(clock.now() + ms, () => {
      this.#alarm = undefined;
      this.#round = this.#run().finally(() => {
        this.#round = undefined;
        if (this.#dirty.size > 0 && !this.#isClosed && !this.#abort.signal.aborted)
          this.#schedule(this.#backOffMs || waitMs);
      });
    });
  }

  async #run(): Promise<void> {
    const { endpoint, say } = this.parts;
    try {
      await this.#deliverAll();
      if (this.#backOffMs > 0) say(`Log lines are delivered to ${endpoint.address} again.`);
      this.#backOffMs = 0;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#backOffMs === 0)
        say(
          `Cannot deliver log lines: ${reason}. They stay in the log files, and lambdock tries again. ` +
            'Set logs.endpoint to another address, or to none.',
        );
      this.#backOffMs = Math.min(backOffMs.most, this.#backOffMs * 2 || backOffMs.first);
    }
  }

  async #deliverAll(): Promise<void> {
    for (const functionName of [...this.#dirty]) {
      this.#dirty.delete(functionName);
      try {
        await this.#deliver(functionName);
      } catch (error) {
        this.#dirty.add(functionName);
        throw error;
      }
    }
  }

  async #deliver(functionName: string): Promise<void> {
    const { archive, say } = this.parts;
    const after = this.#positions[functionName];
    if (after !== undefined && !(await archive.has(functionName, after)))
      say(`Log lines of ${functionName} were not delivered: their file was rotated away before.`);
    for await (const events of archive.events(functionName, { after })) {
      const last = events.at(-1);
      if (last === undefined) continue;
      for (const batch of batchesOf(events)) await this.#put(this.parts.groupOf(functionName), batch);
      this.#positions = { ...this.#positions, [functionName]: last.position };
      await this.#save();
    }
  }

  async #put(logGroupName: string, { logStream: logStreamName, events }: Batch): Promise<void> {
    const stream = { logGroupName, logStreamName };
    const key = `${logGroupName} ${logStreamName}`;
    if (!this.#streams.has(key)) await this.#create(stream);
    this.#streams.add(key);
    const logEvents = events.map(({ timeMs: timestamp, text: message }) => ({ timestamp, message }));
    try {
      await this.#call('PutLogEvents', { ...stream, logEvents });
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error;
      if (error.code === 'ResourceNotFoundException') this.#streams.delete(key);
      // Sent again, it would be refused again, and hold back all that follows.
      if (error.code !== 'InvalidParameterException') throw error;
      this.parts.say(`Log lines of ${logGroupName} were not delivered: ${error.message}`);
    }
  }

  async #create(stream: { readonly logGroupName: string; readonly logStreamName: string }): Promise<void> {
    const { logGroupName } = stream;
    await this.#call('CreateLogGroup', { logGroupName }).catch(existing);
    await this.#call('CreateLogStream', stream).catch(existing);
  }

  async #call(operation: string, content: object): Promise<void> {
    const { endpoint, region, clock } = this.parts;
    const deadline = new AbortController();
    const limit = clock.alarm(clock.now() + requestMs, () => deadline.abort());
    const signal = AbortSignal.any([deadline.signal, this.#abort.signal]);
    try {
      const request = jsonRequest('logs', `Logs_20140328.${operation}`, '1.1', content);
      await sendToAws(endpoint, region, request, signal);
    } finally {
      limit.clear();
    }
  }

  async #save(): Promise<void> {
    const { stateFile, fail } = this.parts;
    const next = `${stateFile}.next`;
    await writeFile(next, JSON.stringify(this.#positions))
      .then(() => rename(next, stateFile))
      .catch((cause: unknown) => fail(new Error(`Cannot write ${stateFile}`, { cause })));
  }
}

interface Batch {
  readonly logStream: string;
  readonly events: readonly ArchivedEvent[];
}

/** Events of one stream each, in the order of time, within the bounds of a request. */
export function batchesOf(events: readonly ArchivedEvent[]): readonly Batch[] {
  const streams = new Map<string, ArchivedEvent[]>();
  for (const event of events) {
    // Empty messages are refused.
    if (event.text === '') continue;
    const stream = streams.get(event.logStream);
    if (stream === undefined) streams.set(event.logStream, [event]);
    else stream.push(event);
  }
  return [...streams].flatMap(([logStream, all]) => {
    const batches: ArchivedEvent[][] = [];
    let bytes = 0;
    for (const event of all.sort((a, b) => a.timeMs - b.timeMs)) {
      const size = Buffer.byteLength(event.text) + eventBytes;
      const batch = batches.at(-1);
      const fits =
        batch !== undefined &&
        batch.length < batchEvents &&
        bytes + size <= batchBytes &&
        event.timeMs - (batch[0]?.timeMs ?? 0) < batchMs;
      if (fits) batch.push(event);
      else batches.push([event]);
      bytes = fits ? bytes + size : size;
    }
    return batches.map((batch) => ({ logStream, events: batch }));
  });
}

function existing(error: unknown): void {
  if (!(error instanceof AwsRefusal) || error.code !== 'ResourceAlreadyExistsException') throw error;
}

/** A file that is absent or damaged counts as one without positions. */
function readPositions(file: string): Positions {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof read === 'object' && read !== null ? (read as Positions) : {};
  } catch {
    return {};
  }
}
