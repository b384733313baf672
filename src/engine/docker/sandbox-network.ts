import type Docker from 'dockerode';
import { labels } from './container-spec';
import { engineErrorOf, hasStatus } from './docker-errors';

/** Engines answer so where a driver does not know an option, and where no addresses are left. */
const refusals = [400, 403, 500, 501];

/**
 * The network of one instance's sandboxes: they reach the outside, and the outside reaches none of them; nor do they
 * reach one another, or what else runs in containers. One for all: an engine has addresses for some thirty networks.
 */
export class SandboxNetwork {
  readonly name: string;
  readonly #docker: Docker;
  readonly #instance: string;
  readonly #engineAddress: string;
  #making: Promise<boolean> | undefined;

  constructor(docker: Docker, instance: string, engineAddress: string) {
    this.name = `lambdock-${instance}`;
    this.#docker = docker;
    this.#instance = instance;
    this.#engineAddress = engineAddress;
  }

  /**
   * Makes it unless it is there. Resolves to false where the engine cannot make such a network.
   * @throws {EngineError} where the engine cannot be spoken to
   */
  ensure(): Promise<boolean> {
    this.#making ??= this.#ensure().catch((error: unknown) => {
      this.#making = undefined;
      throw error;
    });
    return this.#making;
  }

  /** The next `ensure` looks again: it was removed. */
  forget(): void {
    this.#making = undefined;
  }

  async #ensure(): Promise<boolean> {
    try {
      if (await this.#isThere()) return true;
      await this.#make();
      await this.#keepOne();
      return true;
    } catch (error) {
      if (hasStatus(error, ...refusals)) return false;
      throw engineErrorOf(error, `make the network ${this.name}`, this.#engineAddress);
    }
  }

  /** Removes it unless another lambdock of the same instance uses it. */
  async remove(): Promise<void> {
    if (this.#making === undefined) return;
    try {
      await this.#docker.getNetwork(this.name).remove();
    } catch (error) {
      // In use, gone, or the engine is away: the next lambdock of this instance takes it over.
      if (!hasStatus(error, 403, 404, 409)) {
        throw engineErrorOf(error, `remove the network ${this.name}`, this.#engineAddress);
      }
    }
  }

  async #isThere(): Promise<boolean> {
    return (await this.#found()).length > 0;
  }

  async #make(): Promise<void> {
    try {
      await this.#docker.createNetwork({
        Name: this.name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Labels: { [labels.instance]: this.#instance },
        Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      });
    } catch (error) {
      // Another lambdock of this instance has made it meanwhile.
      if (!hasStatus(error, 409)) throw error;
    }
  }

  /** Two that are made at the same moment can have one name, by which no container could join either. */
  async #keepOne(): Promise<void> {
    const ids = (await this.#found()).map(({ Id }) => Id).sort();
    await Promise.all(
      ids.slice(1).map(async (id) => {
        await this.#docker
          .getNetwork(id)
          .remove()
          .catch(() => undefined);
      }),
    );
  }

  /** The engine's filter by name matches parts of names too. */
  async #found() {
    const listed = await this.#docker.listNetworks({ filters: { name: [this.name] } });
    return listed.filter(({ Name }) => Name === this.name);
  }
}
