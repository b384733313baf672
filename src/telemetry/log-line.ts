/** One log event, as CloudWatch Logs would have it. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly functionName: string;
  readonly functionVersion: string;
  /** `YYYY/MM/DD/[version]` and 32 hex digits: one per environment. */
  readonly logStream: string;
  readonly requestId?: string;
  /** May hold line breaks where a runtime framed a record of several lines. No line break at its end. */
  readonly text: string;
}
