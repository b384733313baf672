import type { FiguresOptions, MemoryFigures, OutputStream, Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import { DeferredTasks } from '../lib/deferred-tasks';
import { EnvironmentLog, newLogStreamName } from '../telemetry/environment-log';
import type { Journal } from '../telemetry/journal';
import {
  billedDurationMs,
  endLine,
  extensionLine,
  faultLine,
  initReportLine,
  initStartLine,
  launchErrorLine,
  reportLine,
  startLine,
} from '../telemetry/platform-lines';
import type { EndedTask, Task } from './lifecycle/lifecycle-types';
import type { Fault } from './lifecycle/outcome';
import type { EnvironmentObserver } from './observation/observer';
import { OutputFlow, type OutputValve } from './output-flow';
import type { ExtensionStatus } from './runtime-link';

const bytesPerMiB = 1_048_576;

/** How soon figures are asked for that no caller waits for: many invocations can be over by then, and share them. */
const figuresWithinMs = 10;

/**
 * Keeps the log of one environment: puts what its life brings into lines, together with the sandbox's figures. Nothing is
 * written before the event or the answer that it describes is on its way.
 */
export class LogRecorder {
  readonly logStream: string;
  readonly #version: FunctionVersion;
  readonly #log: EnvironmentLog;
  readonly #sayings: DeferredTasks;
  readonly #flow = new OutputFlow();
  readonly #nowMs: () => number;
  #memory: MemoryFigures | undefined;
  /** Whether a sandbox is direct: its output belongs to what was delivered last. */
  outputComesInOrder = false;
  #outputRead: () => Promise<void> | undefined = () => undefined;
  /** What the ended task printed before its end, and was read only behind it, since output was paused. */
  #late: (() => void)[] | undefined;
  /** Whether figures have come since the last delivery, and with them all that was printed before. */
  #isMeasured = false;

  constructor(
    version: FunctionVersion,
    journal: Journal,
    nowMs: () => number,
    fail: (cause: unknown) => void,
  ) {
    const { functionName, version: functionVersion } = version;
    this.#version = version;
    this.logStream = newLogStreamName(functionVersion, nowMs());
    this.#log = new EnvironmentLog(journal, { functionName, functionVersion, logStream: this.logStream });
    this.#nowMs = nowMs;
    this.#sayings = new DeferredTasks(fail);
  }

  /** The highest figure so far, in whole MiB; undefined before the first. */
  get memoryUsedMiB(): number | undefined {
    if (this.#memory === undefined) return undefined;
    return Math.min(this.#version.memoryMiB, Math.ceil(this.#memory.peakBytes / bytesPerMiB));
  }

  /** Takes the sandbox whose output comes from now on. */
  follow(sandbox: OutputValve & Pick<Sandbox, 'direct' | 'outputRead'>): void {
    this.outputComesInOrder = sandbox.direct;
    this.#outputRead = () => sandbox.outputRead();
    this.#flow.follow(sandbox);
  }

  output(process: string, stream: OutputStream, bytes: Buffer): void {
    const timeMs = this.#nowMs();
    const write = () => this.#log.output(process, stream, bytes, timeMs);
    this.#flow.arrived(bytes.length);
    if (this.#late !== undefined) {
      this.#late.push(() => this.#flow.handle(bytes.length, write));
      return;
    }
    if (this.outputComesInOrder) {
      // Lines that this turn still owes describe an end, before which this was printed, or the next start.
      this.#sayings.ahead(() => this.#flow.handle(bytes.length, write));
      return;
    }
    // Behind a START that is still to be said; but before a report that waits for its figures, as they come behind this.
    this.#sayings.catchUp();
    this.#flow.handle(bytes.length, write);
  }

  /** What is printed from now on is not the rest of what processes began that have ended. */
  processesEnded(): void {
    const timeMs = this.#nowMs();
    this.#sayings.do(() => this.#log.restart(timeMs));
  }

  measured(figures: MemoryFigures): void {
    this.#memory = figures;
    this.#isMeasured = true;
  }

  /** What comes from now on belongs to the next task. */
  delivered(): void {
    this.#isMeasured = false;
  }

  /** Says now what can be said, when nothing more will come. */
  end(): void {
    this.#sayings.catchUp();
  }

  initStarted(runtimeVersion: Parameters<typeof initStartLine>[0]): void {
    const timeMs = this.#nowMs();
    this.#sayings.do(() => this.#log.platform(initStartLine(runtimeVersion), timeMs));
  }

  /** @param errorType what the init phase failed with */
  extensions(statuses: readonly ExtensionStatus[], errorType?: string): void {
    if (statuses.length === 0) return;
    const timeMs = this.#nowMs();
    this.#sayings.do(() => {
      for (const status of statuses) {
        const isAtFault = status.state !== 'Ready' && errorType?.startsWith('Extension.');
        const type = status.errorType ?? (isAtFault ? errorType : undefined);
        this.#log.platform(extensionLine({ ...status, ...(type && { errorType: type }) }), timeMs);
      }
    });
  }

  initFailed(report: Parameters<typeof initReportLine>[0]): void {
    const timeMs = this.#nowMs();
    this.#sayings.do(() => {
      this.#log.flush(timeMs);
      this.#log.platform(initReportLine(report), timeMs, true);
    });
  }

  /** Why the process of an image could not be started. */
  launchFailed(launch: Parameters<typeof launchErrorLine>[0]): void {
    const timeMs = this.#nowMs();
    this.#sayings.do(() => this.#log.platform(launchErrorLine(launch), timeMs, true));
  }

  /** What the platform ended a task for. A fault that the runtime has reported itself has no message. */
  faulted({ invocation }: Task, { status, errorType, callerErrorType, message }: Fault): void {
    if (message === undefined) return;
    const timeMs = this.#nowMs();
    const { requestId } = invocation.request;
    this.#sayings.do(() => {
      this.#log.flush(timeMs);
      const line = { requestId, status, errorType: callerErrorType ?? errorType, message, timeMs };
      this.#log.platform(faultLine(line), timeMs);
    });
  }

  started({ invocation }: Task): void {
    // Where init is done again there is no delivery yet, and what came before is of another process.
    this.#isMeasured = false;
    const { requestId, tail } = invocation.request;
    const timeMs = this.#nowMs();
    this.#sayings.do(() => {
      this.#log.beginRequest(requestId, tail);
      this.#log.platform(startLine(requestId, this.#version.version), timeMs);
    });
  }

  /**
   * The poll that ends a task bears the sandbox's figures. Where it does not they are asked for now, before
   * anything of the next request is sent: they are a barrier, before which lies all that the function printed for this one.
   * A direct sandbox needs no barrier unless its output is paused, and there a report that no caller waits for gets figures
   * that are a little later.
   */
  ended(
    task: EndedTask,
    askFigures: (options: FiguresOptions) => Promise<MemoryFigures> | undefined,
    observer?: Pick<EnvironmentObserver, 'reported'>,
  ): void {
    const timeMs = this.#nowMs();
    if (this.#isMeasured) {
      this.#sayings.do(() => this.#report(task, timeMs, observer));
      return;
    }
    const canWait =
      this.outputComesInOrder && task.status === 'success' && !task.task.invocation.request.tail;
    const figures = askFigures(canWait ? { withinMs: figuresWithinMs } : {})?.catch(() => undefined);
    this.#sayings.do(async () => {
      await this.#readLate();
      // Where the sandbox is gone, the last figures stand.
      this.#memory = (await figures) ?? this.#memory;
      this.#report(task, timeMs, observer);
    });
  }

  async #readLate(): Promise<void> {
    const read = this.#outputRead();
    if (read === undefined) return;
    const late: (() => void)[] = [];
    this.#late = late;
    await read;
    this.#late = undefined;
    for (const write of late) write();
  }

  #report(ended: EndedTask, timeMs: number, observer?: Pick<EnvironmentObserver, 'reported'>): void {
    const { task, status, errorType, durationMs } = ended;
    const { requestId } = task.invocation.request;
    const { initDurationMs } = task;
    const maxMemoryUsedMB = this.memoryUsedMiB ?? 0;
    this.#log.flush(timeMs);
    this.#log.platform(endLine(requestId), timeMs);
    this.#log.platform(
      reportLine({
        requestId,
        status,
        errorType,
        durationMs,
        initDurationMs,
        memorySizeMB: this.#version.memoryMiB,
        maxMemoryUsedMB,
      }),
      timeMs,
    );
    const billedMs = billedDurationMs({ durationMs, initDurationMs });
    observer?.reported(ended, { billedMs, memoryUsedMiB: maxMemoryUsedMB });
    const tail = this.#log.endRequest();
    if (task.invocation.request.tail) task.invocation.completeLog(tail);
  }
}
