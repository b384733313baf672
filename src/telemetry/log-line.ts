/** One log event, as in CloudWatch Logs. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly functionName: string;
  readonly functionVersion: string;
  /** `YYYY/MM/DD/[version]` and 32 hex digits: one per environment. */
  readonly logStream: string;
  readonly requestId?: string;
  /** The function that a line of lambdock itself concerns. */
  readonly about?: string;
  /** May have line breaks if a runtime framed a record of several lines. No line break at the end. */
  readonly text: string;
}

/**
 * Events that came together, with all but their text in common. A function can print tens of thousands of lines at
 * once; an object for each would cost more than everything else that is done for them.
 */
export interface LogBatch extends LogLine {
  /** If above 1, each line of `text` is an event; else `text` is one event, including line breaks. */
  readonly events?: number;
}

export function eventsOf(batch: LogBatch): readonly LogLine[] {
  const { events = 1, text, ...more } = batch;
  return events === 1 ? [batch] : text.split('\n').map((each) => ({ ...more, text: each }));
}
