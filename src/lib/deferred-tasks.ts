import { atEndOfTurn } from './end-of-turn';

type Work = () => void | Promise<void>;

/**
 * Runs tasks without a waiting caller in a later turn of the event loop, in the order in which it was asked for; work that is
 * asynchronous holds back what comes behind it. One that throws or rejects is reported and holds back nothing.
 */
export class DeferredTasks {
  readonly #fail: (error: unknown) => void;
  /** What is to be done as soon as nothing holds it back. */
  readonly #due: Work[] = [];
  /** What was asked for in this turn. */
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
