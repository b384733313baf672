import type { Architecture } from '../../../../aws/architecture';
import type { Origin } from '../../../../runtimes/bases';
import type { RuntimeFamily } from '../../../../runtimes/families';
import type { DebianBase, ImagePlan, Recipe, RegistryImage } from '../recipe';
import type { ChosenPlan } from './chosen-plan';

/** A managed runtime, with what its images need. */
export interface RuntimeRow {
  /** The API's identifier: `python3.13`. */
  readonly runtime: string;
  readonly family: RuntimeFamily['name'];
  /** `3.13`, `22`, `al2023`. */
  readonly version: string;
  /** The Debian suite that has the interpreter or that a registry's interpreter runs on. Absent if no suite does. */
  readonly suite?: DebianBase['suite'];
  /** Exact version of the interpreter if it comes from a package registry. */
  readonly interpreter?: string;
}

/** Options of an image in Lambda's layout. */
export interface Making {
  readonly base: ImagePlan;
  /** Origin of the compilers. */
  readonly compilers: Origin;
  readonly architecture: Architecture;
  /**
   * Exact version of the interpreter package that the image gets. Absent if the base has or installs the interpreter.
   */
  readonly interpreter?: string;
}

/**
 * The images of one runtime family. A family is a file in this folder, a folder in `images` and a row in `families.ts`.
 */
export interface FamilyImages {
  readonly rows: readonly RuntimeRow[];
  /** Docker Hub's image that has the interpreter or can install it. Absent if no image does. */
  readonly hub?: (row: RuntimeRow) => string | undefined;
  /** The recipe of an image in Lambda's layout. Absent if these runtimes need an image from AWS. */
  readonly recipe?: (row: RuntimeRow, making: Making) => Recipe;
  /** The recipe of the image for layer builds. Absent if the runtime's own image is used. */
  readonly packager?: (row: RuntimeRow, chosen: ChosenPlan) => Recipe;
}

export function registry(reference: string): RegistryImage {
  return { kind: 'registry', reference };
}
