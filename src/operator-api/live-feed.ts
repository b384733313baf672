import type { Writable } from 'node:stream';
import type { Recorder } from '../laboratory/recorder';
import { statsOf } from '../laboratory/stats';
import type { Alarm, Clock } from '../lib/clock';
import type { Journal } from '../telemetry/journal';
import { eventsOf, type LogBatch } from '../telemetry/log-line';
import type { EventSourceRow, FunctionList, LiveEvents, LogRow, QueueRow, ResultRow } from './contract';
import type { DeploymentWatch } from './deployment-watch';
import { toLogRow } from './log-row';

const sendEveryMs = 200;
/** Figures and queues are computed for each check, so they are checked less often. */
const figuresEvery = 5;
/** An idle stream sends heartbeats, so that proxies keep the connection and closed readers are detected. */
const heartbeatEvery = 75;

/** Limit of bytes that wait for a slow reader. Further events are dropped. */
const waitingMostBytes = 4 * 1024 * 1024;
/** Limit of log lines in one batch. Only the last ones are sent. */
const logsMost = 2_000;

export interface LiveFeedParts {
  readonly recorder: Recorder;
  readonly deployments: DeploymentWatch;
  readonly functions: () => FunctionList;
  readonly queue: () => readonly QueueRow[];
  readonly eventSources: () => readonly EventSourceRow[];
  readonly results: () => readonly ResultRow[];
  readonly journal: Journal;
  readonly clock: Clock;
}

export interface FeedQuery {
  readonly functionName?: string;
  readonly logs: boolean;
}

/** A client of the event stream. */
interface Reader extends FeedQuery {
  readonly output: Writable;
  pendingLogs: LogRow[];
  hasLost: boolean;
}

/** Sends events to all readers in batches. Without readers it computes nothing. */
export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #readers = new Set<Reader>();
  #alarm: Alarm | undefined;
  #stopListening: (() => void) | undefined;
  #ticks = 0;
  /** Last JSON of each event that is sent only after a change. */
  readonly #last = new Map<keyof LiveEvents, string>();

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
  }

  /** Sends events to `output` until the returned function is called. */
  follow(output: Writable, query: FeedQuery): () => void {
    const reader: Reader = { ...query, output, pendingLogs: [], hasLost: false };
    if (this.#readers.size === 0) this.#begin();
    this.#readers.add(reader);
    this.#send(reader, 'start', { now: this.#parts.clock.now() });
    this.#send(reader, 'functions', narrowList(this.#parts.functions(), query.functionName));
    return () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#end();
    };
  }

  #begin(): void {
    const { recorder, journal, deployments } = this.#parts;
    recorder.collect();
    const stopLogs = journal.follow((batch) => this.#log(batch));
    const stopDeployments = deployments.follow((row) => {
      for (const reader of this.#readers)
        if (isAsked(reader, row.functionName)) this.#send(reader, 'deployment', row);
    });
    this.#stopListening = () => {
      stopLogs();
      stopDeployments();
    };
    this.#setAlarm();
  }

  #end(): void {
    this.#parts.recorder.ignore();
    this.#stopListening?.();
    this.#alarm?.clear();
    this.#alarm = undefined;
    this.#last.clear();
  }

  #setAlarm(): void {
    const { clock } = this.#parts;
    this.#alarm = clock.alarm(clock.now() + sendEveryMs, () => {
      this.#tick();
      if (this.#readers.size > 0) this.#setAlarm();
    });
  }

  #tick(): void {
    this.#ticks += 1;
    const { environments, invocations } = this.#parts.recorder.takeChanges();
    const hasFigures = this.#ticks % figuresEvery === 0;
    for (const reader of this.#readers) {
      if (reader.hasLost && !this.#isBack(reader)) continue;
      const of = <T extends { readonly functionName: string }>(rows: readonly T[]) =>
        rows.filter(({ functionName }) => isAsked(reader, functionName));
      this.#sendSome(reader, 'environments', of(environments));
      this.#sendSome(reader, 'invocations', of(invocations));
      this.#sendSome(reader, 'logs', reader.pendingLogs.splice(0));
      if (this.#ticks % heartbeatEvery === 0) reader.output.write(': alive\n\n');
    }
    if (hasFigures) this.#sendFigures();
  }

  #sendFigures(): void {
    const { recorder, queue, functions, eventSources, results } = this.#parts;
    const list = functions();
    const stats = statsOf(recorder);
    const rows = queue();
    if (this.#isNew('functions', list))
      this.#toAll('functions', ({ functionName }) => narrowList(list, functionName));
    if (this.#isNew('stats', stats))
      this.#toAll('stats', (reader) => ({
        functions: stats.functions.filter(({ functionName }) => isAsked(reader, functionName)),
      }));
    if (this.#isNew('queue', rows))
      this.#toAll('queue', (reader) => rows.filter(({ functionName }) => isAsked(reader, functionName)));
    const sources = eventSources();
    if (this.#isNew('eventSources', sources))
      this.#toAll('eventSources', (reader) =>
        sources.filter(({ functionName }) => isAsked(reader, functionName)),
      );
    const found = results();
    if (this.#isNew('results', found)) this.#toAll('results', () => found);
  }

  #isNew(name: keyof LiveEvents, data: unknown): boolean {
    const json = JSON.stringify(data);
    if (this.#last.get(name) === json) return false;
    this.#last.set(name, json);
    return true;
  }

  #toAll<N extends keyof LiveEvents>(name: N, dataFor: (reader: Reader) => LiveEvents[N]): void {
    for (const reader of this.#readers) this.#send(reader, name, dataFor(reader));
  }

  #log(batch: LogBatch): void {
    const rows = eventsOf(batch).map(toLogRow);
    for (const reader of this.#readers) {
      if (!reader.logs) continue;
      const { functionName } = reader;
      reader.pendingLogs.push(
        ...rows.filter(
          (row) =>
            functionName === undefined || row.functionName === functionName || row.about === functionName,
        ),
      );
      if (reader.pendingLogs.length > logsMost)
        reader.pendingLogs.splice(0, reader.pendingLogs.length - logsMost);
    }
  }

  #sendSome<N extends 'environments' | 'invocations' | 'logs'>(
    reader: Reader,
    name: N,
    rows: LiveEvents[N],
  ): void {
    if (rows.length > 0) this.#send(reader, name, rows);
  }

  #send<N extends keyof LiveEvents>(reader: Reader, name: N, data: LiveEvents[N]): void {
    if (reader.hasLost) return;
    if (reader.output.writableLength > waitingMostBytes) {
      reader.hasLost = true;
      return;
    }
    reader.output.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Whether a reader that lost events has caught up. It then starts again. */
  #isBack(reader: Reader): boolean {
    if (reader.output.writableLength > 0) return false;
    reader.hasLost = false;
    this.#last.clear();
    this.#send(reader, 'start', { now: this.#parts.clock.now() });
    return true;
  }
}

const isAsked = (query: FeedQuery, functionName: string) =>
  query.functionName === undefined || query.functionName === functionName;

function narrowList(list: FunctionList, functionName: string | undefined): FunctionList {
  if (functionName === undefined) return list;
  return {
    functions: list.functions.filter(({ name }) => name === functionName),
    notices: list.notices.filter((notice) => (notice.functionName ?? functionName) === functionName),
  };
}
