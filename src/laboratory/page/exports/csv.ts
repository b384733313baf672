import type { FunctionRow, FunctionStats, InvocationTrace } from '../../../operator-api/contract';

type Cell = string | number | undefined;

/** Comma-separated values with a header line (RFC 4180). */
function csv(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [names, ...rows].map((row) => `${row.map(written).join(',')}\r\n`).join('');
}

/** Functions control the text. An apostrophe keeps spreadsheets from reading it as a formula. */
function written(cell: Cell): string {
  if (typeof cell === 'number') return String(Math.round(cell * 1_000) / 1_000);
  if (cell === undefined) return '';
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The figures of the functions view. Durations in ms, memory in MB. */
export function functionsCsv(
  functions: readonly FunctionRow[],
  stats: ReadonlyMap<string, FunctionStats>,
): string {
  const names = [
    'function',
    'runtime',
    'state',
    'invocations',
    'errors',
    'throttles',
    'cold_starts',
    'cold_share',
    'duration_p50_ms',
    'duration_p95_ms',
    'init_p50_ms',
    'init_p95_ms',
    'latency_p50_ms',
    'latency_p95_ms',
    'memory_used_mb',
    'memory_size_mb',
    'environments',
    'environments_most',
  ];
  const rows = functions.map((row) => {
    const of = stats.get(row.name);
    return [
      row.name,
      row.runtime ?? row.image,
      row.state,
      of?.invocations,
      of?.errors,
      of?.throttles,
      of?.coldStarts,
      of?.coldShare,
      of?.duration.p50,
      of?.duration.p95,
      of?.init.p50,
      of?.init.p95,
      of?.latency.p50,
      of?.latency.p95,
      of?.memoryUsedMiB,
      row.memorySize,
      of?.environments,
      of?.environmentsMost,
    ];
  });
  return csv(names, rows);
}

/** A line per invocation. Times in ISO 8601, durations in ms, memory in MB. */
export function invocationsCsv(invocations: readonly InvocationTrace[]): string {
  const names = [
    'request_id',
    'function',
    'version',
    'environment',
    'arrived_at',
    'status',
    'error_type',
    'cold',
    'cause',
    'latency_ms',
    'duration_ms',
    'billed_ms',
    'init_ms',
    'memory_used_mb',
    'memory_size_mb',
  ];
  const rows = invocations.map((each) => [
    each.requestId,
    each.functionName,
    each.version,
    each.environmentId,
    new Date(each.arrivedAt).toISOString(),
    each.status,
    each.errorType,
    each.isCold ? 1 : 0,
    each.cause,
    each.endedAt === undefined ? undefined : each.endedAt - each.arrivedAt,
    each.durationMs,
    each.billedMs,
    each.initDurationMs,
    each.memoryUsedMiB,
    each.memorySize,
  ]);
  return csv(names, rows);
}
