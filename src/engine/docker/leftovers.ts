import type Docker from 'dockerode';
import type { Clock } from '../../lib/clock';
import { hasStatus } from './docker-errors';
import { removeContainer } from './remove-container';

/** How long a requested container may still appear: longer than an engine takes to create one. */
const comesWithinMs = 60_000;

/**
 * Containers that may exist although creating or removing them failed, because the connection to the engine broke
 * before the response. They are removed when the engine responds again.
 */
export class Leftovers {
  /** Time of the failure, by name or id. */
  readonly #sinceMs = new Map<string, number>();

  constructor(
    private readonly docker: Docker,
    private readonly engineAddress: string,
    private readonly clock: Clock,
  ) {}

  add(nameOrId: string): void {
    this.#sinceMs.set(nameOrId, this.clock.elapsed());
  }

  /** Retries each removal. Never rejects; containers that cannot be removed are retried next time. */
  async remove(): Promise<void> {
    await Promise.all([...this.#sinceMs].map(([nameOrId, sinceMs]) => this.#tryRemove(nameOrId, sinceMs)));
  }

  async #tryRemove(nameOrId: string, sinceMs: number): Promise<void> {
    const container = this.docker.getContainer(nameOrId);
    try {
      await container.inspect();
    } catch (error) {
      if (hasStatus(error, 404) && this.clock.elapsed() - sinceMs > comesWithinMs)
        this.#sinceMs.delete(nameOrId);
      return;
    }
    try {
      await removeContainer(container, this.engineAddress);
      this.#sinceMs.delete(nameOrId);
    } catch {
      // The engine is unreachable again.
    }
  }
}
