import type { LogLine } from '../telemetry/log-line';
import type { LogRow } from './contract';

export function toLogRow(line: LogLine): LogRow {
  const { timeMs, functionName, functionVersion, logStream, requestId, about, text } = line;
  return {
    time: new Date(timeMs).toISOString(),
    functionName,
    functionVersion,
    logStream,
    ...(requestId !== undefined && { requestId }),
    ...(about !== undefined && { about }),
    text,
  };
}
