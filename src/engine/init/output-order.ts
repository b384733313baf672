import type { Socket } from 'node:net';
import { deferred } from '../../lib/deferred';
import { atEndOfTurn } from '../../lib/end-of-turn';

/** More than three pipes of 64 KiB hold, with their bytes that were read but not emitted. */
const pipesMostBytes = 1_048_576;

/**
 * With handed-over pipes: delays events of the control connection until the output printed before them has been
 * emitted. Pipes and control connection are read in the same turn: at its end all output from before the frames has
 * been read. While output is paused or unread, later events are held.
 */
export class OutputOrder {
  #isPaused = false;
  /** Counts pauses and resumes, to detect an outdated release. */
  #turn = 0;
  readonly #held: (() => void)[] = [];
  /** Bytes of output that were emitted while events were held. */
  #emittedBytes = 0;

  /** @param sockets the output's pipes and the control connection */
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
    // The pipes are read in the next poll phase; after that turn they have no output older than the held events.
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

  /** Call it at the end of a turn. Undefined if all output printed before has been emitted. */
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

  /** Endless output that is paused again and again must not hold events forever. */
  #release(turn: number): void {
    while (this.#turn === turn || this.#emittedBytes > pipesMostBytes) {
      const handle = this.#held.shift();
      if (handle === undefined) return;
      handle();
    }
  }
}
