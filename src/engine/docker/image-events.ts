import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Alarm, Clock } from '../../lib/clock';

/** Delay before lambdock subscribes again after the engine ended the stream. */
const retryMs = 1_000;
const longestRetryMs = 30_000;

/** The engine's image events. Subscribes while there is a listener, and again whenever the engine ends the stream. */
export class ImageEvents {
  readonly #listeners = new Set<() => void>();
  #stream: Readable | undefined;
  #retry: Alarm | undefined;
  #waitMs = retryMs;
  #opening = false;
  #closed = false;

  constructor(
    private readonly docker: Docker,
    private readonly clock: Clock,
  ) {}

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#stream === undefined && this.#retry === undefined && !this.#opening) void this.#open(false);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#retry?.clear();
    this.#stream?.destroy();
  }

  /** @param missed whether there may have been events since the last ones */
  async #open(missed: boolean): Promise<void> {
    this.#opening = true;
    try {
      const stream = (await this.docker.getEvents({ filters: { type: ['image'] } })) as Readable;
      if (this.#closed) {
        stream.destroy();
        return;
      }
      this.#stream = stream;
      this.#waitMs = retryMs;
      // Listeners ignore the event's content and look at the images themselves.
      stream.on('data', () => this.#notify());
      stream.on('error', () => undefined);
      stream.on('close', () => this.#again());
      if (missed) this.#notify();
    } catch {
      this.#again();
    } finally {
      this.#opening = false;
    }
  }

  #again(): void {
    this.#stream = undefined;
    if (this.#closed) return;
    this.#retry?.clear();
    this.#retry = this.clock.alarm(this.clock.now() + this.#waitMs, () => {
      this.#retry = undefined;
      void this.#open(true);
    });
    this.#waitMs = Math.min(longestRetryMs, this.#waitMs * 2);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
