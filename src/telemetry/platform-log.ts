import { type FunctionLogging, systemLogLevels } from '../aws/logging';
import type { EnvironmentLog } from './environment-log';
import type { PlatformEvent } from './platform-events';
import type { EnvironmentTelemetry } from './subscriptions/environment-telemetry';

/**
 * Reports the platform's events in one environment to its log, in the function's format, and to subscribed extensions.
 */
export class PlatformLog {
  constructor(
    private readonly log: EnvironmentLog,
    private readonly telemetry: EnvironmentTelemetry,
    private readonly logging?: Pick<FunctionLogging, 'format' | 'systemLevel'>,
  ) {}

  /** Whether a JSON log or a subscriber needs more than the lines of a text log. */
  get isDetailed(): boolean {
    return this.telemetry.isWanted || this.logging?.format === 'JSON';
  }

  /**
   * @param event called only if the event is needed
   * @param line its line in a log in text format; absent if such a log has none
   * @param isTailed whether the next request's tail includes a line that is written between two requests
   */
  write(timeMs: number, event: () => PlatformEvent, line?: () => string, isTailed = false): void {
    if (this.isDetailed) {
      const made = event();
      const { type, record } = made;
      if (this.telemetry.isWanted) this.telemetry.emit({ timeMs, kind: 'platform', type, record });
      if (this.logging?.format === 'JSON') {
        if (this.#isLogged(made)) this.log.platform(jsonLine(timeMs, made), timeMs, isTailed);
        return;
      }
    }
    if (line !== undefined) this.log.platform(line(), timeMs, isTailed);
  }

  #isLogged({ type, level }: PlatformEvent): boolean {
    const least = this.logging?.systemLevel ?? 'INFO';
    // In this format `platform.report` marks the end of an invocation.
    return type !== 'platform.end' && systemLogLevels.indexOf(level) >= systemLogLevels.indexOf(least);
  }
}

function jsonLine(timeMs: number, { type, record }: PlatformEvent): string {
  return JSON.stringify({ time: new Date(timeMs).toISOString(), type, record });
}
