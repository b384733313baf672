import { isOf } from './journal';
import type { LogLine } from './log-line';

/** Filter of log lines; an absent member does not filter. */
export interface LogQuery {
  readonly functionName?: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs?: number;
  /** Part of the text, case-insensitive. */
  readonly contains?: string;
  /** A request id or a prefix of it. */
  readonly requestId?: string;
  /** Only the lines of the last invocation that started. */
  readonly isLastInvocation?: boolean;
  /** Only this many of the last lines. */
  readonly tail?: number;
}

/** Whether a line matches, apart from `isLastInvocation` and `tail`. */
export function matches(query: LogQuery, line: LogLine): boolean {
  const { functionName, sinceMs, contains, requestId } = query;
  return (
    (functionName === undefined || isOf(line, functionName)) &&
    (sinceMs === undefined || line.timeMs >= sinceMs) &&
    (requestId === undefined || line.requestId?.startsWith(requestId) === true) &&
    (contains === undefined || line.text.toLowerCase().includes(contains.toLowerCase()))
  );
}

/** Whether lines must be compared one by one. */
export function isNarrow({ functionName, sinceMs, contains, requestId }: LogQuery): boolean {
  return [functionName, sinceMs, contains, requestId].some((each) => each !== undefined);
}

/** The matching lines, oldest first. */
export function select(query: LogQuery, lines: readonly LogLine[]): readonly LogLine[] {
  const { functionName, isLastInvocation = false, tail } = query;
  const requestId = isLastInvocation
    ? lines.findLast((line) => isStart(line.text) && (functionName === undefined || isOf(line, functionName)))
        ?.requestId
    : undefined;
  if (isLastInvocation && requestId === undefined) return [];
  const found = lines.filter(
    (line) => matches(query, line) && (requestId === undefined || line.requestId === requestId),
  );
  return tail === undefined ? found : tail <= 0 ? [] : found.slice(-tail);
}

/** Matches START in logs in text and in JSON format. */
const isStart = (text: string) =>
  text.startsWith('START RequestId: ') || /^\{"time":"[^"]+","type":"platform\.start"/.test(text);
