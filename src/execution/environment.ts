import type { Sandbox, StartStep } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import { deferred } from '../lib/deferred';
import { CpuShare } from './cpu-share';
import { DeadlineAlarm } from './deadline-alarm';
import { type TimeLimits, timeLimits } from './debug/time-limits';
import { deliveryOf } from './delivery';
import { EnvironmentFigures } from './environment-figures';
import type { EnvironmentParts, EnvironmentStart } from './environment-parts';
import type { EnvironmentSummary } from './environment-summary';
import { ExtensionProcesses } from './extension-processes';
import { Freezer } from './freezer';
import type { Invocation } from './invocation';
import { startTimeoutMs, step } from './lifecycle/lifecycle';
import type { Effect, Event, State, StateName } from './lifecycle/lifecycle-types';
import { LogRecorder } from './log-recorder';
import { endCauseOf } from './observation/end-cause';
import type { DeclaredDelay, EndCause, EnvironmentObserver } from './observation/observer';
import { logPhase, logRuntimeParked } from './phase-log';
import {
  functionIdentity,
  type InitializationType,
  reportedInitialization,
} from './process/process-environment';
import { RuntimeLaunch } from './process/runtime-launch';
import { runtimeVersion } from './process/runtime-version';
import { withRestoreSteps } from './restore-log';
import type { RuntimeLink } from './runtime-link';
import type { AssignedSandbox } from './spares/spare';
import { whenRead } from './when-read';

/** Owns environments, as a pool does. */
export interface EnvironmentOwner {
  changed(environment: Environment): void;
  /** Takes over a sandbox after a clean end. Resolves when it is ready for reuse or removed. */
  takeBack(taken: AssignedSandbox): Promise<void>;
}

/** Drives one environment through the state table. All mutable state of its lifecycle is in this class. */
export class Environment {
  readonly #log: LogRecorder;
  readonly #link: RuntimeLink;
  readonly #gone = deferred<void>();
  readonly #figures: EnvironmentFigures;
  #state: State;
  #taken: AssignedSandbox | undefined;
  /** Why the environment ends or has ended; absent until then. */
  endCause: EndCause | undefined;
  readonly initializationType: InitializationType;
  readonly #observer: EnvironmentObserver | undefined;
  readonly #deadline: DeadlineAlarm;
  readonly #cpu: CpuShare;
  readonly #freezer: Freezer;
  readonly #extensions: ExtensionProcesses;
  readonly #launch: RuntimeLaunch;
  readonly #mayHaveExtensions: boolean;
  readonly #timeLimits: TimeLimits;

  constructor(
    readonly version: FunctionVersion,
    private readonly parts: EnvironmentParts,
    private readonly owner: EnvironmentOwner,
    { cause, invocation, initializationType = 'on-demand' }: EnvironmentStart,
  ) {
    this.#figures = new EnvironmentFigures(version, parts.clock.now());
    this.initializationType = initializationType;
    const idleTimeoutMs = parts.starts?.of(version.functionName)?.idleTimeoutMs ?? parts.idleTimeoutMs;
    this.#timeLimits = timeLimits(version, initializationType, idleTimeoutMs);
    const reported = reportedInitialization(version, initializationType);
    this.#log = new LogRecorder(version, {
      ...parts,
      dial: (port) => this.#sandbox?.dial(port) ?? Promise.reject(new Error('There is no sandbox yet')),
      initializationType: reported,
      fail: (cause) => this.#failed('write its log', cause),
    });
    this.#observer = parts.observer?.environmentMade({
      version,
      logStream: this.#log.logStream,
      initializationType,
      cause,
      ...(invocation && { request: invocation.request }),
    });
    this.#cpu = new CpuShare(version, parts.resetInit);
    this.#freezer = new Freezer(
      parts.clock,
      parts.freeze && version.debug === undefined,
      () => (this.#state.name === 'ready' ? this.#sandbox : undefined),
      (isFrozen) => this.#observer?.frozen(isFrozen),
    );
    const code = version.package;
    this.#mayHaveExtensions = code.kind === 'image' || code.layersFolder !== undefined;
    this.#link = parts.openLink(
      {
        parked: (participant, stamp) => {
          const figures = stamp === undefined ? undefined : this.#sandbox?.figuresOf(stamp);
          if (figures) this.#log.measured(figures);
          if (participant === 'runtime') logRuntimeParked(this.#log, this.#state);
          this.#take({ type: 'parked', participant });
        },
        ...withRestoreSteps(this.#log.linkEvents, (event) => this.#take(event)),
        answered: (outcome) => this.#take({ type: 'answered', outcome }),
        initFailed: (fault) => this.#take({ type: 'initFailed', fault }),
        extensionRegistered: (participant) => this.#take({ type: 'extensionRegistered', participant }),
        extensionFailed: (fault) => this.#take({ type: 'extensionFailed', fault }),
      },
      functionIdentity(version),
    );
    this.#launch = new RuntimeLaunch(version, parts.identity, this.#log, reported, () => this.#taken);
    this.#extensions = new ExtensionProcesses(
      this.#link,
      () => this.#sandbox,
      () => this.#launch.process(),
    );
    this.#state = {
      name: 'starting',
      ...(invocation && { invocation }),
      deadlineAt: this.#figures.madeAtMs + startTimeoutMs,
      retiring: false,
    };
    this.#deadline = new DeadlineAlarm(
      parts.clock,
      () => (this.#state.name === 'gone' ? undefined : this.#state.deadlineAt),
      () => this.#take({ type: 'deadlinePassed' }),
    );
    this.#deadline.adjust();
  }

  /** The sandbox's id, once the environment has a sandbox. */
  get id(): string {
    return this.#sandbox?.id ?? `${this.version.functionName} (no sandbox yet)`;
  }

  get #sandbox(): Sandbox | undefined {
    return this.#taken?.sandbox;
  }

  get state(): StateName {
    return this.#state.name;
  }

  /** Resolves when the environment and its sandbox are removed. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Whether it has answered or is being reset, so that waiting for it may take less time than a cold start. */
  get isAboutToBeFree(): boolean {
    const state = this.#state;
    if (state.name === 'resetting') return !state.retiring && !('initializeFor' in state.next);
    return state.name === 'settling' && !state.retiring;
  }

  /** Takes the sandbox that was made for it. After this, no step waits for the engine. */
  begin(taken: AssignedSandbox): void {
    this.#taken = taken;
    const { sandbox } = taken;
    this.#log.follow(sandbox);
    sandbox.listen({
      output: (process, stream, bytes) => this.#log.output(process, stream, bytes),
      segment: (bytes) => this.#observer?.segment(bytes),
      exited: (participant, exit) => this.#take({ type: 'exited', participant, exit }),
      startFailed: (process, failedStep, code) => this.#startFailed(process, failedStep, code),
      connected: (socket) => {
        // The socket is from a process that is being killed: its successor has not started yet.
        if (this.#state.name === 'resetting') socket.destroy();
        else this.#link.accept(socket);
      },
      lost: (reason) => this.#take({ type: 'sandboxLost', reason }),
    });
    this.#take({ type: 'sandboxMade' });
  }

  /** Announces the sandbox that it will begin with, at once or after a declared delay. */
  willBegin(taken: AssignedSandbox, delay: DeclaredDelay | undefined): void {
    this.#observer?.sandboxTaken(taken);
    if (delay) this.#observer?.delayed(delay);
  }

  sandboxFailed(reason: string): void {
    this.#take({ type: 'sandboxFailed', reason });
  }

  /** Call it only in the state `ready`. */
  assign(invocation: Invocation): void {
    this.#take({ type: 'assigned', invocation });
  }

  retire(cause: EndCause): void {
    this.#ends(cause);
    this.#take({ type: 'retired' });
  }

  /** Counts `ms` as idle time if the environment is idle. */
  advanceIdle(ms: number): void {
    if (this.#state.name !== 'ready' || this.initializationType !== 'on-demand') return;
    this.#state = { ...this.#state, deadlineAt: this.#state.deadlineAt - ms };
    this.#deadline.adjust();
  }

  /** Freezes or thaws an idle environment until its next invocation. Returns whether it is idle. */
  setFrozen(isFrozen: boolean): boolean {
    return this.#freezer.set(isFrozen);
  }

  /** Ends at once, even during an invocation. */
  abandon(reason: string): void {
    const { name } = this.#state;
    // Extensions may flush their buffers; the shutdown phase has a limit.
    if (name === 'ready') this.retire('shutdown');
    else if (name !== 'stopping' && name !== 'gone' && name !== 'shuttingDown') {
      this.#ends('shutdown');
      this.#take({ type: 'sandboxLost', reason });
    }
  }

  summary(): EnvironmentSummary {
    return this.#figures.summary(this.id, this.#state.name, this.#taken, this.#log.memoryUsedMiB);
  }

  /** Reads the state, stores the next one and performs the effects. It must not await between read and store. */
  #take(event: Event): void {
    const { clock } = this.parts;
    const next = step(this.#state, event, {
      nowMs: clock.now(),
      elapsedMs: clock.elapsed(),
      ...this.#timeLimits,
      participants: this.#link.participants,
      mayHaveExtensions: this.#mayHaveExtensions,
      extensions: this.#link.extensions,
    });
    if (next === undefined) {
      this.parts.fail(
        new Error(`Environment ${this.id}: event ${event.type} is not allowed in state ${this.#state.name}`),
      );
      return;
    }
    const before = this.#state;
    this.#state = next.state;
    this.#deadline.adjust();
    const endCause = endCauseOf(before, event, next.state);
    if (endCause !== undefined) this.#ends(endCause);
    if (before.name !== next.state.name) logPhase(this.#log, before, next.state, clock.elapsed());
    for (const effect of next.effects) this.#perform(effect);
    this.#observer?.stepped(before, event, next.state);
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

  /** Only the first cause is kept. */
  #ends(cause: EndCause): void {
    if (this.endCause !== undefined) return;
    this.endCause = cause;
    this.#observer?.ended(cause);
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
        this.#log.shuttingDown();
        this.#extensions.shutDown(effect.reason, effect.deadlineMs);
        return;
      case 'logExtensions':
        this.#log.extensions(this.#link.extensionStatuses(), effect.errorType);
        return;
      case 'logInitStarted':
        this.#log.initStarted(
          runtimeVersion(this.version, this.parts.identity.region, this.#taken?.kind.image.image),
        );
        return;
      case 'logInitFailed':
        this.#log.initFailed(effect);
        if (effect.phase === 'invoke' && effect.status === 'timeout')
          this.parts.initTimeouts.timedOut(this.version);
        return;
      case 'logStarted':
        this.#figures.started(effect.task, this.parts.clock.now());
        this.#log.started(effect.task);
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
        this.#log.ended(effect.ended, (options) => this.#sandbox?.figures(options), this.#observer);
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
        this.#log.restarting();
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

  #whenRead(goOn: () => void): void {
    whenRead(this.#sandbox, () => this.#state, goOn, this.parts.fail);
  }

  async #reset(): Promise<void> {
    try {
      await this.#sandbox?.reset();
    } catch (error) {
      // The environment ended meanwhile, and its sandbox with it.
      if (this.#state.name !== 'resetting') return;
      throw error;
    }
    this.#log.processesEnded();
    this.#take({ type: 'processesReset' });
  }

  async #remove(): Promise<void> {
    const sandbox = this.#sandbox;
    // The sandbox is still being made: `begin` or `sandboxFailed` will end the environment.
    if (sandbox === undefined) return;
    await sandbox.remove();
    this.#take({ type: 'sandboxRemoved' });
  }

  async #release(): Promise<void> {
    if (this.#taken !== undefined) await this.owner.takeBack(this.#taken);
    this.#take({ type: 'sandboxRemoved' });
  }

  #startRuntime(): void {
    const fault = this.#launch.start();
    const { name } = this.#state;
    // In a later turn: the current step is still being performed.
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
    // The environment may be ending by now.
    if (this.#state.name === 'initializing') this.#take(event);
  }

  #attempt(what: string, effect: Promise<void> | undefined): void {
    effect?.catch((cause: unknown) => this.#failed(what, cause));
  }

  #failed(what: string, cause: unknown): void {
    // A failed effect does not matter to an environment that is ending.
    if (this.#state.name === 'gone' || (this.#state.name === 'stopping' && what !== 'remove')) return;
    this.parts.fail(new Error(`Environment ${this.id} could not ${what}`, { cause }));
  }
}
