import { atEndOfTurn } from './end-of-turn';

type Work = () => void | Promise<void>;

/**
 * Runs tasks without a waiting caller in a later turn of the event loop, in order. An asynchronous task delays the
 * tasks after it. A task that throws or rejects is reported and does not stop the others.
 */
export class DeferredTasks {
  readonly #fail: (error: unknown) => void;
  /** Tasks that run as soon as no earlier task delays them. */
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

  /** Adds a task before the tasks of this turn, but after those of earlier turns. */
  ahead(work: Work): void {
    this.#due.push(work);
    this.#goOn();
  }

  /** Runs pending tasks now, up to the first that waits for an asynchronous one. */
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
