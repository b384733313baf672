/** Runs cleanup steps in the reverse order of their registration. */
export class Cleanup {
  #steps: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | undefined;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /**
   * Runs every step, also when one before it failed; the first failure is the result. A second call awaits the first.
   */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.reverse()) await step().catch((error: unknown) => failures.push(error));
    this.#steps = [];
    if (failures.length > 0) throw failures[0];
  }
}
