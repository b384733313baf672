import { atEndOfTurn } from './end-of-turn';

type Work = () => void | Promise<void>;

/**
 * Runs tasks that no caller waits for in a later turn of the event loop, in their order. An asynchronous task delays the
 * tasks after it; one that throws or rejects is reported and delays nothing.
 */
export class DeferredTasks {
  readonly #fail: (error: unknown) => void;
  /** Tasks that run as soon as nothing delays them. */
  readonly #due: Work[] = [];
  /** Tasks that were added in this turn. */
  readonly #later: Work[] = [];
  #isDue = false;
  #isHeld = false;
  readonly #ring = () => {
    this.#isDue = false;
    this.catchUp();
  };

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  do(work: Work): void {
    this.#later.push(work);
    if (this.#isDue) return;
    this.#isDue = true;
    atEndOfTurn(this.#ring);
  }

  /** Does something before all that has been asked for in this turn, but not before what earlier ones have left. */
  ahead(work: Work): void {
    this.#due.push(work);
    this.#goOn();
  }

  /** Does now what has been asked for, as far as nothing asynchronous holds it back. */
  catchUp(): void {
    this.#due.push(...this.#later.splice(0));
    this.#goOn();
  }

  #goOn(): void {
    while (!this.#isHeld) {
      const work = this.#due.shift();
      if (work === undefined) return;
      try {
        const done = work();
        if (done !== undefined) this.#hold(done);
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #hold(done: Promise<void>): void {
    this.#isHeld = true;
    done.catch(this.#fail).then(() => {
      this.#isHeld = false;
      this.#goOn();
    });
  }
}
