/** One log event, as in CloudWatch Logs. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly functionName: string;
  readonly functionVersion: string;
  /** `YYYY/MM/DD/[version]` and 32 hex digits: one per environment. */
  readonly logStream: string;
  readonly requestId?: string;
  /** The function that a line of lambdock itself is about. */
  readonly about?: string;
  /** No line break at the end. Contains line breaks if a runtime framed a record of several lines. */
  readonly text: string;
}

/**
 * Events that arrived together and differ only in their text. A function can print tens of thousands of lines at once;
 * an object for each would cost more than all other processing.
 */
export interface LogBatch extends LogLine {
  /** If above 1, each line of `text` is an event. Otherwise `text` is one event, including line breaks. */
  readonly events?: number;
}

export function eventsOf(batch: LogBatch): readonly LogLine[] {
  const { events = 1, text, ...more } = batch;
  return events === 1 ? [batch] : text.split('\n').map((each) => ({ ...more, text: each }));
}
