import type Docker from 'dockerode';
import { labels } from './container-spec';
import { engineErrorOf, hasStatus } from './docker-errors';

/** Statuses of an engine whose driver does not know an option, or that has no addresses left. */
const refusals = [400, 403, 500, 501];

/**
 * The network of one instance's sandboxes. They reach the outside but cannot be reached, and do not reach one another
 * or other containers. All share one network, since an engine has addresses for about thirty.
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
   * Makes the network unless it exists. Resolves to false if the engine does not support such a network.
   * @throws {EngineError} if the engine is unreachable
   */
  ensure(): Promise<boolean> {
    this.#making ??= this.#ensure().catch((error: unknown) => {
      this.#making = undefined;
      throw error;
    });
    return this.#making;
  }

  /** The network was removed: the next `ensure` looks again. */
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
      // In use, already removed, or the engine is unreachable: the next lambdock of this instance takes it over.
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

  /**
   * Two networks that are made at the same moment can have the same name; then no container can join either by name.
   */
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

  /** The engine's name filter also matches parts of names. */
  async #found() {
    const listed = await this.#docker.listNetworks({ filters: { name: [this.name] } });
    return listed.filter(({ Name }) => Name === this.name);
  }
}
