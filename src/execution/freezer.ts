import type { Sandbox } from '../engine/engine';
import type { Alarm, Clock } from '../lib/clock';

/** Freezes one environment's sandbox between invocations, and thaws it for the next. */
export class Freezer {
  /** `due`: parked, and to be stopped within a millisecond unless the next invocation comes before. */
  #state: 'due' | 'frozen' | undefined;
  #alarm: Alarm | undefined;
  #followsClosely = false;

  constructor(
    private readonly clock: Clock,
    private readonly isEnabled: boolean,
    /** The sandbox, where it may be frozen now. */
    private readonly freezable: () => Sandbox | undefined,
    private readonly changed: (isFrozen: boolean) => void,
  ) {}

  /** Whether the invocation after the last thaw came so soon after the one before that there was no time to freeze. */
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

  /** Every process is being killed. */
  reset(): void {
    if (this.#state === 'frozen') this.changed(false);
    this.#state = undefined;
  }

  /** Freezes or thaws it now, whatever the setting; false where it may not be. */
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

  /** After each step: soon, but not at once, so that what follows closely is spared a freeze and a thaw. */
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
