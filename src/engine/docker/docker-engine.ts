import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContainerInfo } from 'dockerode';
import { removeFolder } from '../../lib/files';
import type { ReportProgress } from '../../lib/progress';
import {
  type Engine,
  type EngineDescription,
  EngineError,
  type ImageBuild,
  type ImageStart,
  type LayerBuild,
  type Sandbox,
  type SandboxSpec,
} from '../engine';
import type { Connection } from './connect';
import { labels } from './container-spec';
import { engineErrorOf, hasStatus } from './docker-errors';
import { ImageEvents } from './image-events';
import { makeSandbox, type SandboxContext } from './make-sandbox';
import { removeContainer } from './remove-container';
import type { SandboxNetwork } from './sandbox-network';

/** Finds, builds and pulls images. */
export interface ImageSource {
  runtimeImage(runtime: string, report: ReportProgress): Promise<ImageStart>;
  functionImage(reference: string, report: ReportProgress): Promise<ImageStart>;
  imageId(reference: string): Promise<string | undefined>;
  /** Paths that an image declares as volumes; `image` as in `SandboxSpec`. */
  volumesOf(image: string): readonly string[];
  buildImage(build: ImageBuild, report: ReportProgress): Promise<void>;
  buildLayer(build: LayerBuild, report: ReportProgress): Promise<void>;
}

export interface DockerEngineParts {
  readonly connection: Connection;
  readonly description: EngineDescription;
  readonly images: ImageSource;
  readonly sandboxContext: SandboxContext;
  /** Removed when the engine closes, if it was made. */
  readonly isolated: SandboxNetwork;
}

/** Age after which a container that does not run is considered abandoned. A start takes at most 90 s. */
const unstartedMs = 10 * 60_000;

/** Age after which a network without containers is considered unused. It has none until its first sandbox is made. */
const unusedNetworkMs = 10 * 60_000;

/** An engine that speaks Docker's API. */
export class DockerEngine implements Engine {
  readonly #parts: DockerEngineParts;
  /** Ids of sandboxes that exist or are being made. */
  readonly #ids = new Set<string>();
  readonly #imageEvents: ImageEvents;

  constructor(parts: DockerEngineParts) {
    this.#parts = parts;
    this.#imageEvents = new ImageEvents(parts.connection.docker, parts.sandboxContext.clock);
  }

  async describe(): Promise<EngineDescription> {
    return this.#parts.description;
  }

  runtimeImage(runtime: string, report: ReportProgress): Promise<ImageStart> {
    return this.#parts.images.runtimeImage(runtime, report);
  }

  functionImage(reference: string, report: ReportProgress): Promise<ImageStart> {
    return this.#parts.images.functionImage(reference, report);
  }

  async imageId(reference: string): Promise<string | undefined> {
    const { images, connection } = this.#parts;
    return images.imageId(reference).catch((error: unknown) => {
      throw engineErrorOf(error, `look up the image ${reference}`, connection.address);
    });
  }

  onImageChange(listener: () => void): () => void {
    return this.#imageEvents.onChange(listener);
  }

  buildImage(build: ImageBuild, report: ReportProgress): Promise<void> {
    return this.#parts.images.buildImage(build, report);
  }

  buildLayer(build: LayerBuild, report: ReportProgress): Promise<void> {
    return this.#parts.images.buildLayer(build, report);
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    // The id is part of a path and of the container's name.
    if (!/^[a-z0-9-]+$/.test(spec.id)) {
      throw new EngineError(
        'refused',
        `A sandbox's id may have lower-case letters, digits and dashes, got ${spec.id}.`,
      );
    }
    if (this.#ids.has(spec.id)) throw new EngineError('refused', `A sandbox ${spec.id} exists already.`);
    this.#ids.add(spec.id);
    const forget = () => this.#ids.delete(spec.id);
    const { sandboxContext } = this.#parts;
    void sandboxContext.leftovers.remove();
    try {
      return await makeSandbox(spec, sandboxContext, forget).catch((error: unknown) => {
        // Another lambdock of this instance has exited and removed the shared network.
        if (!isNetworkMissing(error)) throw error;
        this.#parts.isolated.forget();
        return makeSandbox(spec, sandboxContext, forget);
      });
    } catch (error) {
      forget();
      throw error;
    }
  }

  keepCopies(folders: ReadonlySet<string>): Promise<void> {
    return this.#parts.sandboxContext.copies.keep(folders);
  }

  async sweep(living: () => ReadonlySet<string> = () => new Set()): Promise<number> {
    const { docker, clock, boot, runFolder, engineAddress } = this.#parts.sandboxContext;
    try {
      const found = await docker.listContainers({ all: true, filters: { label: [labels.instance] } });
      const folders = await readdir(dirname(runFolder));
      // Read after the list of containers: a run that started in between has none in the list or is known to live.
      const lives = living();
      const isLeft = (of: string | undefined) => of !== boot && !lives.has(of ?? '');
      const left = found.filter((container) =>
        this.#isOurs(container) ? isLeft(container.Labels[labels.boot]) : isUnstarted(container, clock.now()),
      );
      await Promise.all(left.map(({ Id }) => removeContainer(docker.getContainer(Id), engineAddress)));
      await this.#removeVolumes(isLeft);
      await this.#removeNetworks();
      const stale = folders.filter(isLeft);
      await Promise.all(stale.map((of) => removeFolder(join(dirname(runFolder), of))));
      return left.filter(({ Labels }) => Labels[labels.environment] !== undefined).length;
    } catch (error) {
      throw engineErrorOf(error, 'remove what an earlier run left behind', engineAddress);
    }
  }

  /**
   * Containers of another data folder belong to another lambdock, whose boots are unknown, even with the same instance.
   */
  #isOurs({ Labels }: { readonly Labels: Readonly<Record<string, string>> }): boolean {
    const { instance, folder } = this.#parts.sandboxContext;
    return Labels[labels.instance] === instance && (Labels[labels.folder] ?? folder) === folder;
  }

  async isSandboxAddress(address: string): Promise<boolean> {
    const { docker, engineAddress } = this.#parts.sandboxContext;
    try {
      // Queried each time: a user's network has other containers too, and the engine reuses addresses.
      const found = await docker.listContainers({ filters: { label: [labels.environment] } });
      return found.some(({ NetworkSettings }) =>
        Object.values(NetworkSettings?.Networks ?? {}).some(
          ({ IPAddress, GlobalIPv6Address }) => IPAddress === address || GlobalIPv6Address === address,
        ),
      );
    } catch (error) {
      throw engineErrorOf(error, 'list the addresses of sandboxes', engineAddress);
    }
  }

  /** Removes volumes of this instance's boots, except volumes that a container still uses. */
  async #removeVolumes(isOf: (boot: string | undefined) => boolean): Promise<void> {
    const { docker, instance } = this.#parts.sandboxContext;
    const filters = { label: [`${labels.instance}=${instance}`] };
    const { Volumes } = await docker.listVolumes({ filters });
    const left = (Volumes ?? []).filter(
      ({ Labels }) => this.#isOurs({ Labels: Labels ?? {} }) && isOf(Labels?.[labels.boot]),
    );
    await Promise.all(
      left.map(async ({ Name }) => {
        try {
          await docker.getVolume(Name).remove();
        } catch (error) {
          if (!hasStatus(error, 404, 409)) throw error;
        }
      }),
    );
  }

  /**
   * Removes networks of killed lambdocks of any instance: an engine has addresses for about thirty. If a lambdock lives
   * but its network has no containers, its next sandbox makes the network again.
   */
  async #removeNetworks(): Promise<void> {
    const { docker, clock } = this.#parts.sandboxContext;
    const found = await docker.listNetworks({ filters: { label: [labels.instance] } });
    const old = found.filter(({ Created }) => clock.now() - Date.parse(Created) > unusedNetworkMs);
    await Promise.all(
      old.map(async ({ Id }) => {
        try {
          await docker.getNetwork(Id).remove();
        } catch (error) {
          // In use, or removed meanwhile.
          if (!hasStatus(error, 403, 404, 409)) throw error;
        }
      }),
    );
  }

  async close(): Promise<void> {
    await this.#parts.sandboxContext.leftovers.remove();
    await this.#parts.isolated.remove().catch(() => undefined);
    this.#imageEvents.close();
    const { boot } = this.#parts.sandboxContext;
    // The next run sweeps volumes that cannot be removed now.
    await this.#removeVolumes((of) => of === boot).catch(() => undefined);
    this.#parts.connection.close();
    const { copies, receiver, runFolder } = this.#parts.sandboxContext;
    await Promise.all([receiver?.close(), copies.close()]);
    await removeFolder(runFolder);
  }
}

/** A container whose lambdock exited before starting it: no init runs in it that would notice the exit. */
function isUnstarted({ State, Created, Labels }: ContainerInfo, nowMs: number): boolean {
  const ageMs = nowMs - Created * 1_000;
  return State === 'created' && ageMs > unstartedMs && Labels[labels.environment] !== undefined;
}

function isNetworkMissing(error: unknown): boolean {
  return error instanceof EngineError && /network \S+ not found/i.test(error.message);
}
