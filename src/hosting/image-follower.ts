import type { FunctionRegistry } from '../functions/registry/functions';
import type { Reason } from '../functions/registry/records';
import type { Registry, Served } from '../functions/registry/registry';
import type { Alarm, Clock } from '../lib/clock';

/** A build names its image, and removes the name from the one before, within this time. */
const quietMs = 100;

/** The part of an engine that knows its images. */
interface EngineImages {
  imageId(reference: string): Promise<string | undefined>;
  onImageChange(listener: () => void): () => void;
}

export interface ImageFollowerOptions {
  readonly engine: EngineImages;
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly clock: Clock;
  /** Deploys the template again; absent if its changes are not followed. */
  readonly redeploy?: () => Promise<void>;
  readonly say: (sentence: string) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Follows the engine's images. A template function is deployed again when its image's name moves to another image. A
 * function that was deployed over the API keeps its image, as on Lambda, and recovers if its image was missing.
 */
export class ImageFollower {
  readonly #end: () => void;
  #alarm: Alarm | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(private readonly options: ImageFollowerOptions) {
    this.#end = options.engine.onImageChange(() => this.#changed());
  }

  close(): void {
    this.#closed = true;
    this.#alarm?.clear();
    this.#end();
  }

  #changed(): void {
    const { clock } = this.options;
    this.#alarm?.clear();
    this.#alarm = clock.alarm(clock.now() + quietMs, () => this.look());
  }

  /** Compares what is deployed with the engine's images. */
  look(): void {
    this.#again = this.#looking !== undefined;
    if (this.#again || this.#closed) return;
    this.#looking = this.#look()
      .catch((cause: unknown) => {
        if (!this.#closed) this.options.fail(new Error('Cannot follow the images of functions', { cause }));
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#again) this.look();
      });
  }

  async #look(): Promise<void> {
    const { registry, functions, redeploy, say } = this.options;
    let isOutdated = false;
    for (const served of registry.everyServed()) {
      const { scope, record } = served;
      const { code, functionName, source } = record;
      // lambdock deploys the images that it builds itself.
      if (code.kind !== 'image' || isBuilt(code.image)) continue;
      if (source === 'api' && !lacksImage(served)) continue;
      const imageId = await this.options.engine.imageId(code.image);
      if (imageId === undefined || this.#closed) continue;
      if (source === 'api') functions.retryImage(scope, functionName);
      else if (redeploy !== undefined && imageId !== code.imageId) {
        isOutdated = true;
        // The image was missing, or the engine has pulled it meanwhile.
        const news = code.imageId === undefined ? 'is available now' : 'is another image now';
        say(`${functionName}: ${code.image} ${news} (${imageId.slice(0, 19)}); deploying it`);
      }
    }
    if (isOutdated) await redeploy?.();
  }
}

const isBuilt = (image: string) => image.startsWith('lambdock-build/');

function lacksImage({ record, published }: Served): boolean {
  const lacks = (reason: Reason | undefined) => reason?.code === 'InvalidImage';
  return (
    (record.state === 'Failed' && lacks(record.stateReason)) ||
    (record.update === 'Failed' && lacks(record.updateReason)) ||
    [...published.values()].some(({ state, stateReason }) => state === 'Failed' && lacks(stateReason))
  );
}
