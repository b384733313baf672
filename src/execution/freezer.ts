import type { Sandbox } from '../engine/engine';
import type { Alarm, Clock } from '../lib/clock';

/** Freezes one environment's sandbox between invocations, and thaws it for the next. */
export class Freezer {
  /** `due`: the runtime is parked; freeze it within a millisecond unless the next invocation arrives first. */
  #state: 'due' | 'frozen' | undefined;
  #alarm: Alarm | undefined;
  #followsClosely = false;

  constructor(
    private readonly clock: Clock,
    private readonly isEnabled: boolean,
    /** The sandbox if it may be frozen now. */
    private readonly freezable: () => Sandbox | undefined,
    private readonly changed: (isFrozen: boolean) => void,
  ) {}

  /** Whether the last invocation arrived so soon after the previous one that the sandbox was not frozen in between. */
  takeFollowsClosely(): boolean {
    const followsClosely = this.#followsClosely;
    this.#followsClosely = false;
    return followsClosely;
  }

  freezeSoon(): void {
    if (this.isEnabled) this.#state = 'due';
  }

  thaw(sandbox: Sandbox | undefined): void {
    if (this.#state === 'frozen') {
      sandbox?.thaw();
      this.changed(false);
    }
    this.#followsClosely = this.#state === 'due';
    this.#state = undefined;
  }

  /** Call it when all processes are killed. */
  reset(): void {
    if (this.#state === 'frozen') this.changed(false);
    this.#state = undefined;
  }

  /** Freezes or thaws the sandbox now, regardless of the setting. Returns false if it must not be frozen. */
  set(isFrozen: boolean): boolean {
    const sandbox = this.freezable();
    if (sandbox === undefined) return false;
    if (isFrozen === (this.#state === 'frozen')) return true;
    if (isFrozen) sandbox.freeze();
    else sandbox.thaw();
    this.#state = isFrozen ? 'frozen' : undefined;
    this.changed(isFrozen);
    return true;
  }

  /**
   * Call it after each step. It freezes with a short delay: an invocation that follows closely needs no freeze and
   * thaw.
   */
  settle(): void {
    if (this.#state === 'due') this.#alarm ??= this.#setAlarm();
  }

  #setAlarm(): Alarm {
    return this.clock.alarm(this.clock.now(), () => {
      this.#alarm = undefined;
      const sandbox = this.#state === 'due' ? this.freezable() : undefined;
      if (sandbox === undefined) return;
      this.#state = 'frozen';
      sandbox.freeze();
      this.changed(true);
    });
  }
}
