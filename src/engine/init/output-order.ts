import type { Socket } from 'node:net';
import { deferred } from '../../lib/deferred';
import { atEndOfTurn } from '../../lib/end-of-turn';

/** Three pipes of 64 KiB, and what was read of them but not emitted yet, are less. */
const pipesMostBytes = 1_048_576;

/**
 * Keeps what comes by the control connection behind the output that was printed before it, where pipes were handed over.
 * They are read in the same turn as the control connection: by the turn's end all that was written before its frames has been
 * read. While output is paused, or was not read to its end, later events are held.
 */
export class OutputOrder {
  #isPaused = false;
  /** Counts pauses and resumes, so that an outdated release is recognised. */
  #turn = 0;
  readonly #held: (() => void)[] = [];
  /** Output that was emitted while they waited. */
  #emittedBytes = 0;

  /** @param sockets what output comes by, and the control connection */
  constructor(private readonly sockets: readonly Socket[]) {}

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#turn += 1;
    for (const socket of this.sockets) socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#turn += 1;
    const turn = this.#turn;
    for (const socket of this.sockets) socket.resume();
    // The pipes are read in the next poll phase; by the end of that turn nothing older than the held events is left in them.
    if (this.#held.length > 0) atEndOfTurn(() => atEndOfTurn(() => this.#release(turn)));
  }

  emitted(bytes: number): void {
    this.#emittedBytes += bytes;
  }

  /** Handles an event of the control connection. */
  inOrder(handle: () => void): void {
    atEndOfTurn(() => {
      if (this.#isBehind) this.#hold(handle);
      else handle();
    });
  }

  /** To be called at the end of a turn. Undefined where all that was printed before it has been emitted. */
  read(): Promise<void> | undefined {
    if (!this.#isBehind) return undefined;
    const read = deferred<void>();
    this.#hold(() => read.resolve());
    return read.promise;
  }

  get #isBehind(): boolean {
    return this.#isPaused || this.#held.length > 0;
  }

  #hold(handle: () => void): void {
    if (this.#held.length === 0) this.#emittedBytes = 0;
    this.#held.push(handle);
  }

  /** Output that never ends, and is paused again and again, must not hold them for ever. */
  #release(turn: number): void {
    while (this.#turn === turn || this.#emittedBytes > pipesMostBytes) {
      const handle = this.#held.shift();
      if (handle === undefined) return;
      handle();
    }
  }
}
