/**
 * Runs one piece of work at a time for each key. Callers that come while one runs share the next, so that what each
 * gets began after it asked.
 */
export class SharedTurns<T> {
  readonly #running = new Map<string, Promise<T>>();
  readonly #waiting = new Map<string, Promise<T>>();

  take(key: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting;
    const before = this.#running.get(key)?.catch(() => undefined) ?? Promise.resolve();
    const turn = before.then(async () => {
      this.#waiting.delete(key);
      this.#running.set(key, turn);
      try {
        return await work();
      } finally {
        if (this.#running.get(key) === turn) this.#running.delete(key);
      }
    });
    this.#waiting.set(key, turn);
    return turn;
  }
}
