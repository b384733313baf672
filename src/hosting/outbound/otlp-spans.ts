import { randomBytes } from 'node:crypto';
import type { InvocationTrace } from '../../operator-api/contract';

/** A span in OTLP's JSON. Ids are hexadecimal, times are nanoseconds in decimal. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly status: { readonly code: number; readonly message?: string };
}

const kinds = { internal: 1, server: 2 } as const;
const statuses = { ok: 1, error: 2 } as const;

const newSpanId = () => randomBytes(8).toString('hex');

/**
 * The spans of one invocation: the whole, a child for each phase, and what the function recorded with X-Ray. The handler's own span has the id that the function
 * got as `Parent`, so the spans that it makes itself are below it.
 */
export function spansOf(
  invocation: InvocationTrace,
  trace: string,
  callerSpan?: string,
): readonly OtlpSpan[] {
  const { requestId, functionName, status, errorType, isCold, phases, segments, memoryUsedMiB } = invocation;
  const root = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(trace);
  const traceId = root ? `${root[1]}${root[2]}` : randomBytes(16).toString('hex');
  const passed = /Parent=([0-9a-f]{16})/.exec(trace)?.[1];
  // Without active tracing the function gets its caller's span, so its spans are siblings of the handler's.
  const handler = passed === undefined || passed === callerSpan ? newSpanId() : passed;
  const whole = newSpanId();
  const endedAt = invocation.freeAt ?? invocation.endedAt ?? invocation.arrivedAt;
  const span = {
    traceId,
    spanId: whole,
    ...(callerSpan !== undefined && /^[0-9a-f]{16}$/.test(callerSpan) && { parentSpanId: callerSpan }),
    name: functionName,
    kind: kinds.server,
    startTimeUnixNano: nanoseconds(invocation.arrivedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: attributesOf({
      'faas.invocation_id': requestId,
      'faas.coldstart': isCold,
      ...(memoryUsedMiB !== undefined && { 'lambdock.max_memory_used_mb': memoryUsedMiB }),
      ...(errorType !== undefined && { 'error.type': errorType }),
    }),
    status:
      status === 'success' ? { code: statuses.ok } : { code: statuses.error, message: errorType ?? status },
  };
  const ids = new Map<string, string>();
  const children = phases.map(({ name, at, durationMs, within }) => {
    const spanId = name === 'handler' ? handler : newSpanId();
    ids.set(name, spanId);
    return {
      traceId,
      spanId,
      parentSpanId: (within && ids.get(within)) ?? whole,
      name,
      kind: kinds.internal,
      startTimeUnixNano: nanoseconds(at),
      endTimeUnixNano: nanoseconds(at + durationMs),
      attributes: [],
      status: { code: statuses.ok },
    };
  });
  const recorded = (segments ?? []).map(({ id, parentId, name, at, durationMs, isError }) => ({
    traceId,
    spanId: id,
    parentSpanId: parentId ?? handler,
    name,
    kind: kinds.internal,
    startTimeUnixNano: nanoseconds(at),
    endTimeUnixNano: nanoseconds(at + durationMs),
    attributes: [],
    status: { code: isError ? statuses.error : statuses.ok },
  }));
  return [span, ...children, ...recorded];
}

function attributesOf(values: Readonly<Record<string, string | number | boolean>>) {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { intValue: String(Math.round(value)) },
  }));
}

/** To microseconds, which is what a number of milliseconds since the epoch can hold. */
const nanoseconds = (ms: number) => `${BigInt(Math.round(ms * 1_000)) * 1_000n}`;
