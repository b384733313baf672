import type { Container } from 'dockerode';
import { engineErrorOf, hasStatus } from './docker-errors';

/**
 * Removes a container and waits until it is removed. It is not an error if the container does not exist or the engine
 * is already removing it.
 */
export async function removeContainer(container: Container, address: string): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (hasStatus(error, 404)) return;
    // Docker 20 answers 500 if the container ends while it is being removed.
    const isEnding = hasStatus(error, 409) || (hasStatus(error, 500) && /is not running/.test(String(error)));
    if (!isEnding) throw engineErrorOf(error, `remove the container ${container.id}`, address);
    await container.wait({ condition: 'removed' }).catch((failure: unknown) => {
      if (!hasStatus(failure, 404))
        throw engineErrorOf(failure, `remove the container ${container.id}`, address);
    });
  }
}
