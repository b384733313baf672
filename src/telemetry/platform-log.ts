import type { EnvironmentLog } from './environment-log';
import type { PlatformEvent } from './platform-events';
import type { EnvironmentTelemetry } from './subscriptions/environment-telemetry';

/** Says what the platform does in one environment: to its log, and to extensions that subscribed. */
export class PlatformLog {
  constructor(
    private readonly log: EnvironmentLog,
    private readonly telemetry: EnvironmentTelemetry,
  ) {}

  /** Whether anyone wants more than the lines of a log in text format. */
  get isDetailed(): boolean {
    return this.telemetry.isWanted;
  }

  /**
   * @param event made only where it is wanted
   * @param line its line in a log in text format; absent where such a log has none
   * @param isTailed whether the next request's tail has it, where it comes between two requests
   */
  write(timeMs: number, event: () => PlatformEvent, line?: () => string, isTailed = false): void {
    if (this.telemetry.isWanted) {
      const { type, record } = event();
      this.telemetry.emit({ timeMs, kind: 'platform', type, record });
    }
    if (line !== undefined) this.log.platform(line(), timeMs, isTailed);
  }
}
