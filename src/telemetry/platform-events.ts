import type { SystemLogLevel } from '../aws/logging';
import { billedDurationMs } from './platform-lines';

/**
 * Platform events in the format of the Telemetry API and of logs in JSON format.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export interface PlatformEvent {
  readonly type: `platform.${string}`;
  /** Text only for `platform.fault`. */
  readonly record: Readonly<Record<string, unknown>> | string;
  /** System log level of the event. */
  readonly level: SystemLogLevel;
}

export type InitPhase = 'init' | 'invoke' | 'snap-start';

/** A part of an invocation. */
export interface Span {
  readonly name: 'responseLatency' | 'responseDuration' | 'runtimeOverhead' | 'extensionOverhead';
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly durationMs: number;
}

export function initStartEvent(fields: {
  readonly initializationType: string;
  readonly phase: InitPhase;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly logStream: string;
  readonly memorySizeMB: number;
  readonly runtime: { readonly name: string; readonly versionArn: string } | undefined;
}): PlatformEvent {
  const { initializationType, phase, functionName, functionVersion, runtime } = fields;
  return {
    type: 'platform.initStart',
    level: runtime === undefined ? 'DEBUG' : 'INFO',
    record: {
      initializationType,
      phase,
      ...(runtime && { runtimeVersion: runtime.name, runtimeVersionArn: runtime.versionArn }),
      functionName,
      functionVersion,
      instanceId: fields.logStream,
      instanceMaxMemory: fields.memorySizeMB * 1_048_576,
    },
  };
}

export function restoreStartEvent(fields: {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly logStream: string;
  readonly memorySizeMB: number;
  readonly runtime: { readonly name: string; readonly versionArn: string } | undefined;
}): PlatformEvent {
  const { level, record } = initStartEvent({ ...fields, initializationType: 'snap-start', phase: 'init' });
  const { initializationType: _type, phase: _phase, ...others } = record as Readonly<Record<string, unknown>>;
  return { type: 'platform.restoreStart', level, record: others };
}

export function restoreRuntimeDoneEvent(): PlatformEvent {
  return { type: 'platform.restoreRuntimeDone', level: 'DEBUG', record: { status: 'success' } };
}

export function restoreReportEvent(durationMs: number): PlatformEvent {
  const metrics = { durationMs: rounded(durationMs) };
  return { type: 'platform.restoreReport', level: 'INFO', record: { status: 'success', metrics } };
}

interface InitEnd {
  readonly initializationType: string;
  readonly phase: InitPhase;
  readonly status: string;
  readonly errorType?: string | undefined;
}

export function initRuntimeDoneEvent(end: InitEnd): PlatformEvent {
  const { initializationType, phase, status, errorType } = end;
  return {
    type: 'platform.initRuntimeDone',
    level: status === 'success' ? 'DEBUG' : 'WARN',
    record: { initializationType, phase, status, ...(errorType !== undefined && { errorType }) },
  };
}

export function initReportEvent(end: InitEnd & { readonly durationMs: number }): PlatformEvent {
  const { initializationType, phase, status, errorType, durationMs } = end;
  const isQuiet = initializationType === 'on-demand' && status === 'success';
  return {
    type: 'platform.initReport',
    level: status !== 'success' ? 'WARN' : isQuiet ? 'DEBUG' : 'INFO',
    record: {
      initializationType,
      phase,
      status,
      ...(errorType !== undefined && { errorType }),
      metrics: { durationMs: rounded(durationMs) },
    },
  };
}

export function extensionEvent(extension: {
  readonly name: string;
  readonly state: string;
  readonly events: readonly string[];
  readonly errorType?: string;
}): PlatformEvent {
  const { name, state, events, errorType } = extension;
  return {
    type: 'platform.extension',
    level: state === 'Ready' ? 'INFO' : 'WARN',
    record: { name, state, events, ...(errorType !== undefined && { errorType }) },
  };
}

export function subscriptionEvent(subscription: {
  readonly api: 'telemetry' | 'logs';
  readonly name: string;
  readonly types: readonly string[];
}): PlatformEvent {
  const { api, name, types } = subscription;
  return {
    type: api === 'telemetry' ? 'platform.telemetrySubscription' : 'platform.logsSubscription',
    level: 'INFO',
    record: { name, state: 'Subscribed', types },
  };
}

/** Lambda's reason when a subscriber does not accept its batches in time. */
const fallenBehind = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';

export function logsDroppedEvent(droppedRecords: number, droppedBytes: number): PlatformEvent {
  return {
    type: 'platform.logsDropped',
    level: 'WARN',
    record: { droppedRecords, droppedBytes, reason: fallenBehind },
  };
}

export function startEvent(requestId: string, version: string, trace: string): PlatformEvent {
  return {
    type: 'platform.start',
    level: 'INFO',
    record: { requestId, version, tracing: tracingOf(trace) },
  };
}

export function endEvent(requestId: string): PlatformEvent {
  return { type: 'platform.end', level: 'DEBUG', record: { requestId } };
}

export function faultEvent(text: string): PlatformEvent {
  return { type: 'platform.fault', level: 'WARN', record: text };
}

interface InvocationEnd {
  readonly requestId: string;
  readonly status: string;
  readonly errorType?: string | undefined;
  readonly trace: string;
  readonly spans: readonly Span[];
}

export function runtimeDoneEvent(
  end: InvocationEnd & { readonly durationMs: number; readonly producedBytes: number },
): PlatformEvent {
  const { durationMs, producedBytes } = end;
  return {
    type: 'platform.runtimeDone',
    level: end.status === 'success' ? 'DEBUG' : 'WARN',
    record: recordOf(end, { durationMs: rounded(durationMs), producedBytes }),
  };
}

export function reportEvent(
  end: InvocationEnd & {
    readonly durationMs: number;
    readonly memorySizeMB: number;
    readonly maxMemoryUsedMB: number;
    readonly initDurationMs?: number | undefined;
    readonly restoreDurationMs?: number | undefined;
  },
): PlatformEvent {
  const { durationMs, memorySizeMB, maxMemoryUsedMB, initDurationMs, restoreDurationMs } = end;
  return {
    type: 'platform.report',
    level: end.status === 'success' ? 'INFO' : 'WARN',
    record: recordOf(end, {
      durationMs: rounded(durationMs),
      billedDurationMs: billedDurationMs(end),
      memorySizeMB,
      maxMemoryUsedMB,
      ...(initDurationMs !== undefined && { initDurationMs: rounded(initDurationMs) }),
      ...(restoreDurationMs !== undefined && { restoreDurationMs: rounded(restoreDurationMs) }),
    }),
  };
}

function recordOf(end: InvocationEnd, metrics: Readonly<Record<string, number>>) {
  const { requestId, status, errorType, trace, spans } = end;
  return {
    requestId,
    status,
    ...(errorType !== undefined && { errorType }),
    metrics,
    ...(spans.length > 0 && { spans: spans.map(spanOf) }),
    tracing: tracingOf(trace),
  };
}

const spanOf = ({ name, startMs, durationMs }: Span) => ({
  name,
  start: new Date(startMs).toISOString(),
  durationMs: rounded(durationMs),
});

function tracingOf(trace: string) {
  const [, spanId] = /(?:^|;)Parent=([^;]+)/.exec(trace) ?? [];
  return { ...(spanId !== undefined && { spanId }), type: 'X-Amzn-Trace-Id', value: trace };
}

/** Rounds to microseconds. */
const rounded = (ms: number) => Math.round(ms * 1_000) / 1_000;
