import type { ImageStart, ProcessExit, Sandbox, StartStep } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import type { Alarm } from '../lib/clock';
import { deferred } from '../lib/deferred';
import { CpuShare } from './cpu-share';
import { deliveryOf } from './delivery';
import type { EnvironmentParts } from './environment-parts';
import type { EnvironmentSummary } from './environment-summary';
import { ExtensionProcesses } from './extension-processes';
import { Freezer } from './freezer';
import type { Invocation } from './invocation';
import { startTimeoutMs, step } from './lifecycle/lifecycle';
import type { Effect, Event, State, StateName, Task } from './lifecycle/lifecycle-types';
import { LogRecorder } from './log-recorder';
import { whenOutputRead } from './output-flow';
import { functionIdentity, type InitializationType } from './process-environment';
import { RuntimeLaunch } from './runtime-launch';
import type { RuntimeLink } from './runtime-link';
import { runtimeVersion } from './runtime-version';
import type { AssignedSandbox } from './spares/spare';

/** Who keeps an environment and its like. */
export interface EnvironmentOwner {
  changed(environment: Environment): void;
  /** Takes over a sandbox whose environment has ended in good order; resolves when it is ready for another, or removed. */
  takeBack(taken: AssignedSandbox): Promise<void>;
}

const neverMs = 100 * 365 * 86_400_000;

/** Drives one environment through the state table; the only mutable part of its life. */
export class Environment {
  readonly #log: LogRecorder;
  readonly #link: RuntimeLink;
  readonly #gone = deferred<void>();
  readonly #madeAtMs: number;
  #state: State;
  #alarm: { readonly atMs: number; readonly set: Alarm } | undefined;
  #taken: AssignedSandbox | undefined;
  #invocations = 0;
  #lastUsedAtMs: number | undefined;
  #initDurationMs: number | undefined;
  readonly #cpu: CpuShare;
  readonly #freezer: Freezer;
  readonly #extensions: ExtensionProcesses;
  readonly #launch: RuntimeLaunch;
  readonly #mayHaveExtensions: boolean;

  constructor(
    readonly version: FunctionVersion,
    private readonly parts: EnvironmentParts,
    private readonly owner: EnvironmentOwner,
    invocation?: Invocation,
    readonly initializationType: InitializationType = 'on-demand',
  ) {
    this.#madeAtMs = parts.clock.now();
    this.#log = new LogRecorder(
      version,
      parts.journal,
      () => parts.clock.now(),
      (cause) => this.#failed('write its log', cause),
    );
    this.#cpu = new CpuShare(version.memoryMiB, parts.resetInit);
    this.#freezer = new Freezer(parts.clock, parts.freeze, () =>
      this.#state.name === 'ready' ? this.#sandbox : undefined,
    );
    const code = version.package;
    this.#mayHaveExtensions = code.kind === 'image' || code.layersFolder !== undefined;
    this.#link = parts.openLink(
      {
        parked: (participant, stamp) => {
          const figures = stamp === undefined ? undefined : this.#sandbox?.figuresOf(stamp);
          if (figures) this.#log.measured(figures);
          this.#take({ type: 'parked', participant });
        },
        answered: (outcome) => this.#take({ type: 'answered', outcome }),
        initFailed: (fault) => this.#take({ type: 'initFailed', fault }),
        extensionRegistered: (participant) => this.#take({ type: 'extensionRegistered', participant }),
        extensionFailed: (fault) => this.#take({ type: 'extensionFailed', fault }),
      },
      functionIdentity(version),
    );
    this.#launch = new RuntimeLaunch(
      version,
      parts.identity,
      this.#log,
      initializationType,
      () => this.#taken,
    );
    this.#extensions = new ExtensionProcesses(
      this.#link,
      () => this.#sandbox,
      () => this.#launch.process(),
    );
    this.#state = {
      name: 'starting',
      ...(invocation && { invocation }),
      deadlineAt: this.#madeAtMs + startTimeoutMs,
      retiring: false,
    };
    this.#setAlarm();
  }

  /** The sandbox's, once there is one. */
  get id(): string {
    return this.#sandbox?.id ?? `${this.version.functionName} (no sandbox yet)`;
  }

  get #sandbox(): Sandbox | undefined {
    return this.#taken?.sandbox;
  }

  get #image(): ImageStart | undefined {
    return this.#taken?.kind.image;
  }

  get state(): StateName {
    return this.#state.name;
  }

  /** Resolves when nothing of it is left. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Whether it will soon be free, so that waiting for it may be better than a cold start: answered, or being reset. */
  get isAboutToBeFree(): boolean {
    const state = this.#state;
    if (state.name === 'resetting') return !state.retiring && !('initializeFor' in state.next);
    return state.name === 'settling' && !state.retiring;
  }

  /** Takes the sandbox that was made for it; from here on nothing waits for the engine. */
  begin(taken: AssignedSandbox): void {
    this.#taken = taken;
    const { sandbox } = taken;
    this.#log.follow(sandbox);
    sandbox.listen({
      output: (process, stream, bytes) => this.#log.output(process, stream, bytes),
      exited: (process, exit) => this.#exited(process, exit),
      startFailed: (process, failedStep, code) => this.#startFailed(process, failedStep, code),
      connected: (socket) => {
        // It is of a process that is being killed: those that come after it are not there yet.
        if (this.#state.name === 'resetting') socket.destroy();
        else this.#link.accept(socket);
      },
      lost: (reason) => this.#take({ type: 'sandboxLost', reason }),
    });
    this.#take({ type: 'sandboxMade' });
  }

  sandboxFailed(reason: string): void {
    this.#take({ type: 'sandboxFailed', reason });
  }

  /** Only for one whose state is `ready`. */
  assign(invocation: Invocation): void {
    this.#take({ type: 'assigned', invocation });
  }

  retire(): void {
    this.#take({ type: 'retired' });
  }

  /** Ends at once, whatever is under way. */
  abandon(reason: string): void {
    const { name } = this.#state;
    // Extensions may still flush what they have; their shutdown phase is bounded.
    if (name === 'ready') this.retire();
    else if (name !== 'stopping' && name !== 'gone' && name !== 'shuttingDown')
      this.#take({ type: 'sandboxLost', reason });
  }

  summary(): EnvironmentSummary {
    const { memoryUsedMiB } = this.#log;
    return {
      id: this.id,
      functionName: this.version.functionName,
      version: this.version.version,
      state: this.#state.name,
      madeAtMs: this.#madeAtMs,
      invocations: this.#invocations,
      memorySizeMiB: this.version.memoryMiB,
      ...(this.#sandbox && { engineId: this.#sandbox.engineId }),
      ...(this.#lastUsedAtMs !== undefined && { lastUsedAtMs: this.#lastUsedAtMs }),
      ...(this.#taken && { coldStart: this.#taken.coldStart, fill: this.#taken.fill }),
      ...(this.#initDurationMs !== undefined && { initDurationMs: this.#initDurationMs }),
      ...(memoryUsedMiB !== undefined && { memoryUsedMiB }),
    };
  }

  /** Steps, stores and performs, without ever waiting between reading the state and storing it. */
  #take(event: Event): void {
    const { clock, idleTimeoutMs } = this.parts;
    const next = step(this.#state, event, {
      nowMs: clock.now(),
      elapsedMs: clock.elapsed(),
      timeoutMs: this.version.timeoutMs,
      idleTimeoutMs: this.initializationType === 'on-demand' ? idleTimeoutMs : neverMs,
      participants: this.#link.participants,
      mayHaveExtensions: this.#mayHaveExtensions,
      extensions: this.#link.extensions,
    });
    if (next === undefined) {
      this.parts.fail(
        new Error(`Environment ${this.id}: ${event.type} is impossible when ${this.#state.name}`),
      );
      return;
    }
    const before = this.#state;
    this.#state = next.state;
    this.#setAlarm();
    for (const effect of next.effects) this.#perform(effect);
    if (before.name !== next.state.name) {
      if (next.state.name === 'gone') {
        this.#link.close();
        this.#log.end();
        this.#gone.resolve();
      }
      this.owner.changed(this);
    }
    this.#freezer.settle();
  }

  /**
   * One alarm, never later than the state's deadline. One that is set already and earlier is left alone, and looks again
   * when it rings: deadlines move with every step, and mostly away.
   */
  #setAlarm(): void {
    const atMs = this.#state.name === 'gone' ? undefined : this.#state.deadlineAt;
    if (this.#alarm !== undefined && atMs !== undefined && this.#alarm.atMs <= atMs) return;
    this.#alarm?.set.clear();
    this.#alarm =
      atMs === undefined ? undefined : { atMs, set: this.parts.clock.alarm(atMs, () => this.#ring()) };
  }

  #ring(): void {
    const rangAtMs = this.#alarm?.atMs;
    this.#alarm = undefined;
    if (this.#state.name !== 'gone' && this.#state.deadlineAt !== rangAtMs) this.#setAlarm();
    else this.#take({ type: 'deadlinePassed' });
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'startRuntime':
        this.#whenRead(() => this.#startRuntime());
        return;
      case 'limitCpu':
        this.#attempt('limit the CPU', this.#cpu.limit(this.#sandbox));
        return;
      case 'findExtensions':
        this.#attempt('find its extensions', this.#findExtensions());
        return;
      case 'startExtensions':
        this.#extensions.start(effect.participants);
        return;
      case 'endRuntime':
        this.#sandbox?.signal('runtime', effect.signal);
        return;
      case 'shutDownExtensions':
        this.#extensions.shutDown(effect.reason, effect.deadlineMs);
        return;
      case 'logExtensions':
        this.#log.extensions(this.#link.extensionStatuses(), effect.errorType);
        return;
      case 'logInitStarted':
        this.#log.initStarted(runtimeVersion(this.version, this.parts.identity.region, this.#image?.image));
        return;
      case 'logInitFailed':
        this.#log.initFailed(effect);
        if (effect.phase === 'invoke' && effect.status === 'timeout')
          this.parts.initTimeouts.timedOut(this.version);
        return;
      case 'logStarted':
        this.#started(effect.task);
        return;
      case 'deliver':
        this.#log.delivered();
        this.parts.initTimeouts.delivered(this.version);
        this.#whenRead(() => this.#link.deliver(deliveryOf(effect.task, this.#freezer.takeFollowsClosely())));
        return;
      case 'logFault':
        this.#log.faulted(effect.task, effect.fault);
        return;
      case 'settle':
        effect.invocation.settle(effect.outcome);
        return;
      case 'report':
        this.#log.ended(effect.ended, (options) => this.#sandbox?.figures(options));
        return;
      case 'thaw':
        this.#freezer.thaw(this.#sandbox);
        return;
      case 'freeze':
        this.#freezer.freezeSoon();
        return;
      case 'reset':
        this.#freezer.reset();
        this.#link.restart();
        this.#attempt('lift the limit of the CPU', this.#cpu.reset(this.#sandbox));
        this.#attempt('reset', this.#reset());
        return;
      case 'remove':
        this.#link.close();
        this.#attempt('remove', this.#remove());
        return;
      case 'release':
        this.#link.close();
        this.#attempt('remove', this.#release());
    }
  }

  /** Does what makes the runtime go on, unless something else has happened before. */
  #whenRead(goOn: () => void): void {
    const { name } = this.#state;
    const task = taskOf(this.#state);
    // The state may be another object by then, having been asked to retire.
    const goOnIfSame = () => this.#state.name === name && taskOf(this.#state) === task && goOn();
    whenOutputRead(this.#sandbox, goOnIfSame, this.parts.fail);
  }

  #started(task: Task): void {
    this.#invocations += 1;
    this.#lastUsedAtMs = this.parts.clock.now();
    this.#initDurationMs ??= task.initDurationMs;
    this.#log.started(task);
  }

  async #reset(): Promise<void> {
    try {
      await this.#sandbox?.reset();
    } catch (error) {
      // Given up meanwhile, with the sandbox: there is nothing left to be reset.
      if (this.#state.name !== 'resetting') return;
      throw error;
    }
    this.#log.processesEnded();
    this.#take({ type: 'processesReset' });
  }

  async #remove(): Promise<void> {
    const sandbox = this.#sandbox;
    // While its sandbox is still being made, `begin` or `sandboxFailed` will come and end it.
    if (sandbox === undefined) return;
    await sandbox.remove();
    this.#take({ type: 'sandboxRemoved' });
  }

  async #release(): Promise<void> {
    if (this.#taken !== undefined) await this.owner.takeBack(this.#taken);
    this.#take({ type: 'sandboxRemoved' });
  }

  #exited(process: string, exit: ProcessExit): void {
    this.#take({ type: 'exited', participant: process, exit });
  }

  #startRuntime(): void {
    const fault = this.#launch.start();
    const { name } = this.#state;
    // Not within the step that asks for it.
    if (fault !== undefined)
      queueMicrotask(() => this.#state.name === name && this.#take({ type: 'startFailed', fault }));
  }

  #startFailed(process: string, failedStep: StartStep, code: string): void {
    const fault =
      process === 'runtime'
        ? this.#launch.fault(failedStep, code)
        : this.#extensions.launchFault(process, code);
    this.#take({ type: 'startFailed', fault });
  }

  async #findExtensions(): Promise<void> {
    const event = await this.#extensions.find();
    // It may be on its way out by now.
    if (this.#state.name === 'initializing') this.#take(event);
  }

  #attempt(what: string, effect: Promise<void> | undefined): void {
    effect?.catch((cause: unknown) => this.#failed(what, cause));
  }

  #failed(what: string, cause: unknown): void {
    // What is going anyway need not be limited or asked any more.
    if (this.#state.name === 'gone' || (this.#state.name === 'stopping' && what !== 'remove')) return;
    this.parts.fail(new Error(`Environment ${this.id} could not ${what}`, { cause }));
  }
}

const taskOf = (state: State) => (state.name === 'invoking' ? state.task : undefined);
