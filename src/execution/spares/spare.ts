import type { FillKind, ImageStart, Sandbox, SandboxSpec } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';
import type { ColdStart } from '../environment-summary';

/** Properties that are fixed when a sandbox is made. Sandboxes of one kind serve the same functions. */
export interface SandboxKind {
  /** Equal for equal kinds. */
  readonly key: string;
  /** Name in settings and output: the runtime's identifier, or the image. */
  readonly name: string;
  readonly image: ImageStart;
  readonly spec: Omit<SandboxSpec, 'id' | 'memoryMiB'>;
  /** Whether it may serve several functions. */
  readonly isShared: boolean;
}

/** A sandbox without an environment; its init waits for `start`. */
export interface Spare {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly kind: SandboxKind;
  readonly madeAtMs: number;
  /** Whether it belonged to another environment before. */
  readonly isReused: boolean;
}

/** A spare that a cold start has taken, and its origin. */
export interface TakenSpare extends Spare {
  readonly coldStart: ColdStart;
}

/** A sandbox with its function's code, ready for `start`. */
export interface AssignedSandbox extends TakenSpare {
  readonly fill: FillKind;
  /** How long adding the code took. A reused sandbox has the value of its earlier environment. */
  readonly fillMs: number;
}

/**
 * The kind of sandbox that a version needs. With slots, code is added later, so that a sandbox serves any function of
 * its image; without slots, code is mounted at creation. For a function packaged as an image the memory size is fixed
 * too: its program may read the limit when it starts.
 */
export function sandboxKind(version: FunctionVersion, image: ImageStart, slots: boolean): SandboxKind {
  const { ephemeralStorageMiB, memoryMiB } = version;
  const spec = { image: image.image, ephemeralStorageMiB };
  if (version.package.kind === 'image') {
    const name = version.package.image;
    return { key: `${image.image} ${ephemeralStorageMiB} ${memoryMiB}`, name, image, spec, isShared: true };
  }
  const { runtime, codeFolder, layersFolder } = version.package;
  const key = `${image.image} ${ephemeralStorageMiB}`;
  if (slots) return { key, name: runtime, image, spec: { ...spec, slots }, isShared: true };
  return {
    key: `${key} ${codeFolder} ${layersFolder ?? ''}`,
    name: runtime,
    image,
    spec: { ...spec, codeFolder, ...(layersFolder !== undefined && { layersFolder }) },
    isShared: false,
  };
}
