import type { FillKind, ImageStart, Sandbox, SandboxSpec } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';
import type { ColdStart } from '../environment-summary';

/** What is fixed when a sandbox is made. Sandboxes of one kind serve the same functions. */
export interface SandboxKind {
  /** Equal for equal kinds. */
  readonly key: string;
  /** For people, and in settings: a runtime's identifier; of a function packaged as an image, that image. */
  readonly name: string;
  readonly image: ImageStart;
  readonly spec: Omit<SandboxSpec, 'id' | 'memoryMiB'>;
  /** Whether it may serve several functions. */
  readonly isShared: boolean;
}

/** A sandbox behind its gate, not yet an environment's. */
export interface Spare {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly kind: SandboxKind;
  readonly madeAtMs: number;
  /** Whether it was another environment's before. */
  readonly isReused: boolean;
}

/** A spare that a cold start has taken, and how it came about. */
export interface TakenSpare extends Spare {
  readonly coldStart: ColdStart;
}

/** One with its function's code in it, ready for `start`. */
export interface AssignedSandbox extends TakenSpare {
  readonly fill: FillKind;
  /** How long that took, when it was done: for one that is used again, by its function's earlier environment. */
  readonly fillMs: number;
}

/**
 * The kind of sandbox that a version needs. With slots, code is brought in later, so that one sandbox serves any function of
 * its image; without them, code is mounted when it is made. Of an image that is the code, the memory size is fixed too:
 * what runs in it may read its limit at its start.
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
