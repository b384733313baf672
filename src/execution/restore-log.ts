import type { FunctionVersion } from '../functions/function-version';
import type { Clock } from '../lib/clock';
import {
  type PlatformEvent,
  restoreReportEvent,
  restoreRuntimeDoneEvent,
  restoreStartEvent,
} from '../telemetry/platform-events';
import { type initStartLine, restoreReportLine, restoreStartLine } from '../telemetry/platform-lines';
import type { Event } from './lifecycle/lifecycle-types';
import type { RuntimeEvents } from './runtime-link';

type Say = (event: () => PlatformEvent, line?: () => string) => void;

type RestoreEvents = Pick<RuntimeEvents, 'restoring' | 'restored'>;

/** As these events, and steps the environment. A restore begins while the delivery's own step is under way. */
export function withRestoreSteps<E extends RestoreEvents>(events: E, take: (event: Event) => void): E {
  return {
    ...events,
    restoring: () => {
      events.restoring();
      queueMicrotask(() => take({ type: 'restoring' }));
    },
    restored: () => {
      events.restored();
      take({ type: 'restored' });
    },
  };
}

/** What the log has of the restores of an environment with SnapStart. START comes behind a restore. */
export class RestoreLog {
  /** The runtime waits at its snapshot or is being restored. */
  #isDue = false;
  /** `Clock.elapsed` of the restore under way. */
  #beganAt: number | undefined;
  #durationMs: number | undefined;
  #held: (() => void) | undefined;

  constructor(
    private readonly version: FunctionVersion,
    private readonly logStream: string,
    private readonly clock: Pick<Clock, 'elapsed'>,
    private readonly say: Say,
  ) {}

  /** The runtime waits at its snapshot. */
  due(): void {
    this.#isDue = true;
  }

  begin(runtime: Parameters<typeof initStartLine>[0]): void {
    this.#beganAt = this.clock.elapsed();
    const { logStream, version } = this;
    const { functionName, version: functionVersion, memoryMiB: memorySizeMB } = version;
    this.say(
      () => restoreStartEvent({ functionName, functionVersion, logStream, memorySizeMB, runtime }),
      () => restoreStartLine(runtime),
    );
  }

  end(): void {
    const durationMs = this.clock.elapsed() - (this.#beganAt ?? 0);
    this.#durationMs = durationMs;
    this.say(restoreRuntimeDoneEvent);
    this.say(
      () => restoreReportEvent(durationMs),
      () => restoreReportLine(durationMs),
    );
    this.release();
  }

  /** Calls back when no restore is due or running. */
  behind(start: () => void): void {
    if (this.#isDue) this.#held = start;
    else start();
  }

  /** The restore has ended or failed. */
  release(): void {
    this.#isDue = false;
    this.#beganAt = undefined;
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }

  /** Duration of the restore before the task that ends now. */
  takeDuration(): number | undefined {
    const durationMs = this.#durationMs;
    this.#durationMs = undefined;
    return durationMs;
  }
}
