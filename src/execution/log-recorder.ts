import type { FiguresOptions, MemoryFigures, OutputStream, Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import type { Clock } from '../lib/clock';
import { DeferredTasks } from '../lib/deferred-tasks';
import { EnvironmentLog, newLogStreamName } from '../telemetry/environment-log';
import type { Journal } from '../telemetry/journal';
import {
  endEvent,
  extensionEvent,
  faultEvent,
  type InitPhase,
  initReportEvent,
  initRuntimeDoneEvent,
  initStartEvent,
  type PlatformEvent,
  reportEvent,
  startEvent,
  subscriptionEvent,
} from '../telemetry/platform-events';
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
  subscriptionLine,
} from '../telemetry/platform-lines';
import { PlatformLog } from '../telemetry/platform-log';
import type { Dial } from '../telemetry/subscriptions/destination';
import { EnvironmentTelemetry } from '../telemetry/subscriptions/environment-telemetry';
import type { Subscription } from '../telemetry/subscriptions/subscription';
import { InvocationSpans } from './invocation-spans';
import type { EndedTask, Task } from './lifecycle/lifecycle-types';
import type { Fault } from './lifecycle/outcome';
import type { EnvironmentObserver } from './observation/observer';
import { OutputFlow, type OutputValve } from './output-flow';
import type { ReportedInitialization } from './process/process-environment';
import { RestoreLog } from './restore-log';
import type { ExtensionStatus, RuntimeEvents } from './runtime-link';

const bytesPerMiB = 1_048_576;

/**
 * Delay of the request for figures that no caller waits for: many invocations can end within it and share the figures.
 */
const figuresWithinMs = 10;

/** Dependencies of the recorder. */
export interface RecorderParts {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Connects to an extension that listens for telemetry. */
  readonly dial: Dial;
  readonly initializationType: ReportedInitialization;
  readonly fail: (cause: unknown) => void;
}

/**
 * Writes the log of one environment: its lifecycle events as lines, with the sandbox's figures. It writes a line only
 * after the event or response that the line describes has been sent.
 */
export class LogRecorder {
  readonly logStream: string;
  readonly #version: FunctionVersion;
  readonly #log: EnvironmentLog;
  readonly #sayings: DeferredTasks;
  readonly #flow: OutputFlow;
  readonly #clock: RecorderParts['clock'];
  readonly #telemetry: EnvironmentTelemetry;
  readonly #platform: PlatformLog;
  readonly #spans: InvocationSpans;
  readonly #restores: RestoreLog;
  readonly #initializationType: ReportedInitialization;
  #runtimeVersion: Parameters<typeof initStartLine>[0];
  #memory: MemoryFigures | undefined;
  /** Whether the sandbox is direct: its output belongs to the last delivered event. */
  outputComesInOrder = false;
  #outputRead: () => Promise<void> | undefined = () => undefined;
  /** Output that the ended task printed before its end but that was read after it, since output was paused. */
  #late: (() => void)[] | undefined;
  /** Whether figures have arrived since the last delivery. All earlier output arrives before them. */
  #isMeasured = false;

  constructor(version: FunctionVersion, { journal, clock, dial, initializationType, fail }: RecorderParts) {
    const { functionName, version: functionVersion } = version;
    this.#version = version;
    this.#clock = clock;
    this.#flow = new OutputFlow(clock);
    this.#telemetry = new EnvironmentTelemetry(clock, dial);
    this.#initializationType = initializationType;
    this.logStream = newLogStreamName(functionVersion, clock.now());
    const where = { functionName, functionVersion, logStream: this.logStream };
    this.#log = new EnvironmentLog(journal, where, this.#telemetry, version.logging);
    this.#platform = new PlatformLog(this.#log, this.#telemetry, version.logging);
    this.#spans = new InvocationSpans(clock, this.#platform);
    this.#restores = new RestoreLog(version, this.logStream, clock, (event, line) => this.#say(event, line));
    this.#sayings = new DeferredTasks(fail);
  }

  /** Events of the runtime and of extensions that only the log uses. */
  get linkEvents(): Pick<
    RuntimeEvents,
    'responding' | 'restoreDue' | 'restoring' | 'restored' | 'subscribed'
  > {
    return {
      responding: () => this.#spans.responding(),
      restoreDue: () => this.#restores.due(),
      restoring: () => {
        this.#restores.begin(this.#runtimeVersion);
        // At once: a restore may begin after this turn's lines were written, and its output comes in the next turn.
        this.#sayings.catchUp();
      },
      restored: () => this.#restores.end(),
      subscribed: (subscription) => this.#subscribed(subscription),
    };
  }

  /** Peak memory in whole MiB; undefined before the first figures. */
  get memoryUsedMiB(): number | undefined {
    if (this.#memory === undefined) return undefined;
    return Math.min(this.#version.memoryMiB, Math.ceil(this.#memory.peakBytes / bytesPerMiB));
  }

  /** Sets the sandbox that sends output from now on. */
  follow(sandbox: OutputValve & Pick<Sandbox, 'direct' | 'outputRead'>): void {
    this.outputComesInOrder = sandbox.direct;
    this.#outputRead = () => sandbox.outputRead();
    this.#flow.follow(sandbox);
  }

  output(process: string, stream: OutputStream, bytes: Buffer): void {
    const timeMs = this.#clock.now();
    const write = () => this.#log.output(process, stream, bytes, timeMs);
    this.#flow.arrived(bytes.length);
    if (this.#late !== undefined) {
      this.#late.push(() => this.#flow.handle(bytes.length, write));
      return;
    }
    if (this.outputComesInOrder) {
      // Pending lines of this turn describe an end that came after this output, or the next start.
      this.#sayings.ahead(() => this.#flow.handle(bytes.length, write));
      return;
    }
    // After a pending START, but before a report that waits for its figures, which arrive after this output.
    this.#sayings.catchUp();
    this.#flow.handle(bytes.length, write);
  }

  /** Processes have exited: later output does not continue their last line. */
  processesEnded(): void {
    const timeMs = this.#clock.now();
    this.#sayings.do(() => this.#log.restart(timeMs));
  }

  measured(figures: MemoryFigures): void {
    this.#memory = figures;
    this.#isMeasured = true;
  }

  /** Output from now on belongs to the next task. */
  delivered(): void {
    this.#isMeasured = false;
  }

  /** Writes all pending lines; no more output will arrive. */
  end(): void {
    this.#sayings.catchUp();
    this.#telemetry.close();
  }

  /** The processes are being killed and will restart. */
  restarting(): void {
    this.#restores.release();
    this.#telemetry.restart();
  }

  /** Sends extensions their subscribed events before they get SHUTDOWN. */
  shuttingDown(): void {
    this.#telemetry.flush();
  }

  initStarted(runtimeVersion: Parameters<typeof initStartLine>[0]): void {
    this.#runtimeVersion = runtimeVersion;
    this.#initStarted('init', () => initStartLine(runtimeVersion));
  }

  /** Init is repeated inside an invocation. */
  initRepeated(): void {
    this.#initStarted('invoke');
  }

  #initStarted(phase: InitPhase, line?: () => string): void {
    const { functionName, version: functionVersion, memoryMiB: memorySizeMB } = this.#version;
    const event = () =>
      initStartEvent({
        initializationType: this.#initializationType,
        phase,
        functionName,
        functionVersion,
        logStream: this.logStream,
        memorySizeMB,
        runtime: this.#runtimeVersion,
      });
    this.#say(event, line);
  }

  /** The runtime has asked for its first event. */
  runtimeInitialized(phase: InitPhase): void {
    const initializationType = this.#initializationType;
    this.#say(() => initRuntimeDoneEvent({ initializationType, phase, status: 'success' }));
  }

  /** The init phase has ended successfully. */
  initialized(phase: InitPhase, durationMs: number): void {
    const initializationType = this.#initializationType;
    this.#say(() => initReportEvent({ initializationType, phase, status: 'success', durationMs }));
    this.#sayings.do(() => this.#telemetry.initEnded());
  }

  #subscribed(subscription: Subscription): void {
    const { api, name, kinds: types } = subscription;
    this.#telemetry.subscribe(subscription);
    this.#say(
      () => subscriptionEvent({ api, name, types }),
      () => subscriptionLine({ api, name, types }),
    );
  }

  /** The runtime has asked for its next event, after its response. */
  runtimeDone(ended: EndedTask): void {
    if (!this.#platform.isDetailed) return;
    const done = this.#spans.doneNow(ended);
    this.#sayings.do(() => this.#spans.writeDone(done));
  }

  /** @param errorType error type of a failed init phase */
  extensions(statuses: readonly ExtensionStatus[], errorType?: string): void {
    if (statuses.length === 0) return;
    const timeMs = this.#clock.now();
    this.#sayings.do(() => {
      for (const status of statuses) {
        const isAtFault = status.state !== 'Ready' && errorType?.startsWith('Extension.');
        const type = status.errorType ?? (isAtFault ? errorType : undefined);
        const extension = { ...status, ...(type && { errorType: type }) };
        this.#platform.write(
          timeMs,
          () => extensionEvent(extension),
          () => extensionLine(extension),
        );
      }
    });
  }

  initFailed(report: Parameters<typeof initReportLine>[0]): void {
    const timeMs = this.#clock.now();
    this.#sayings.do(() => {
      const initializationType = this.#initializationType;
      this.#log.flush(timeMs);
      this.#platform.write(timeMs, () => initRuntimeDoneEvent({ initializationType, ...report }));
      const event = () => initReportEvent({ initializationType, ...report });
      this.#platform.write(timeMs, event, () => initReportLine(report), true);
    });
  }

  /** Why the process of an image could not be started. */
  launchFailed(launch: Parameters<typeof launchErrorLine>[0]): void {
    const timeMs = this.#clock.now();
    this.#sayings.do(() => this.#log.platform(launchErrorLine(launch), timeMs, true));
  }

  /** The fault that ended a task. A fault that the runtime reported has no message. */
  faulted({ invocation }: Task, { status, errorType, callerErrorType, message }: Fault): void {
    this.#restores.release();
    if (message === undefined) return;
    const timeMs = this.#clock.now();
    const { requestId } = invocation.request;
    this.#sayings.do(() => {
      this.#log.flush(timeMs);
      const text = faultLine({
        requestId,
        status,
        errorType: callerErrorType ?? errorType,
        message,
        timeMs,
      });
      this.#platform.write(
        timeMs,
        () => faultEvent(text),
        () => text,
      );
    });
  }

  started(task: Task): void {
    this.#restores.behind(() => this.#start(task));
  }

  #start({ invocation }: Task): void {
    // A repeated init has no delivery yet, and earlier output is from another process.
    this.#isMeasured = false;
    const { requestId, tail, traceId } = invocation.request;
    const { version } = this.#version;
    const timeMs = this.#clock.now();
    this.#sayings.do(() => {
      this.#log.beginRequest(requestId, tail);
      this.#platform.write(
        timeMs,
        () => startEvent(requestId, version, traceId),
        () => startLine(requestId, version),
      );
    });
  }

  /**
   * The poll that ends a task carries the sandbox's figures. If it does not, they are requested now, before the next
   * request is sent: all output of this task arrives before them. A direct sandbox needs no such barrier unless its
   * output is paused; then a report that no caller waits for gets slightly later figures.
   */
  ended(
    task: EndedTask,
    askFigures: (options: FiguresOptions) => Promise<MemoryFigures> | undefined,
    observer?: Pick<EnvironmentObserver, 'reported'>,
  ): void {
    this.#restores.release();
    const timeMs = this.#clock.now();
    if (this.#isMeasured) {
      this.#sayings.do(() => this.#report(task, timeMs, observer));
      return;
    }
    const canWait =
      this.outputComesInOrder && task.status === 'success' && !task.task.invocation.request.tail;
    const figures = askFigures(canWait ? { withinMs: figuresWithinMs } : {})?.catch(() => undefined);
    this.#sayings.do(async () => {
      await this.#readLate();
      // If the sandbox is removed, the last figures are used.
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

  #say(event: () => PlatformEvent, line?: () => string): void {
    const timeMs = this.#clock.now();
    this.#sayings.do(() => this.#platform.write(timeMs, event, line));
  }

  #report(ended: EndedTask, timeMs: number, observer?: Pick<EnvironmentObserver, 'reported'>): void {
    const { task, status, errorType, durationMs } = ended;
    const { requestId } = task.invocation.request;
    const report = {
      requestId,
      status,
      errorType,
      durationMs,
      // The init before a snapshot is not part of the invocation.
      initDurationMs: this.#version.snapStart ? undefined : task.initDurationMs,
      restoreDurationMs: this.#restores.takeDuration(),
      memorySizeMB: this.#version.memoryMiB,
      maxMemoryUsedMB: this.memoryUsedMiB ?? 0,
      ...(this.#version.tracing === 'Active' && { trace: task.invocation.request.traceId }),
    };
    this.#log.flush(timeMs);
    this.#spans.writeDoneOf(ended);
    this.#platform.write(
      timeMs,
      () => endEvent(requestId),
      () => endLine(requestId),
    );
    this.#platform.write(
      timeMs,
      () => reportEvent({ ...report, ...this.#spans.reportOf(ended) }),
      () => reportLine(report),
    );
    const memoryUsedMiB = report.maxMemoryUsedMB;
    observer?.reported(ended, { billedMs: billedDurationMs(report), memoryUsedMiB });
    const tail = this.#log.endRequest();
    if (task.invocation.request.tail) task.invocation.completeLog(tail);
  }
}
