import type { Container } from 'dockerode';
import { engineErrorOf, hasStatus } from './docker-errors';

/**
 * Removes a container and waits until it is gone; one that has gone already, or that another party (the
 * engine's own automatic removal) is removing, is no error.
 */
export async function removeContainer(container: Container, address: string): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (hasStatus(error, 404)) return;
    // Docker 20 answers 500 for one that ends while it is being removed.
    const isEnding = hasStatus(error, 409) || (hasStatus(error, 500) && /is not running/.test(String(error)));
    if (!isEnding) throw engineErrorOf(error, `remove the container ${container.id}`, address);
    await container.wait({ condition: 'removed' }).catch((failure: unknown) => {
      if (!hasStatus(failure, 404))
        throw engineErrorOf(failure, `remove the container ${container.id}`, address);
    });
  }
}
