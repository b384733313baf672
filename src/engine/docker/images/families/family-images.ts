import type { Architecture } from '../../../../aws/architecture';
import type { Origin } from '../../../../runtimes/bases';
import type { RuntimeFamily } from '../../../../runtimes/families';
import type { DebianBase, ImagePlan, Recipe, RegistryImage } from '../recipe';
import type { ChosenPlan } from './chosen-plan';

/** A managed runtime, as its images know it. */
export interface RuntimeRow {
  /** As the API has it: `python3.13`. */
  readonly runtime: string;
  readonly family: RuntimeFamily['name'];
  /** `3.13`, `22`, `al2023`. */
  readonly version: string;
  /**
   * The Debian suite that has the interpreter, or that the interpreter of a package registry runs on. Absent: Debian
   * has none.
   */
  readonly suite?: DebianBase['suite'];
  /** Exact version of the interpreter, where it comes from a package registry. */
  readonly interpreter?: string;
}

/** What an image in Lambda's layout is made on, and for. */
export interface Making {
  readonly base: ImagePlan;
  /** Where compilers come from. */
  readonly compilers: Origin;
  readonly architecture: Architecture;
  /** Exact version of the interpreter that the image gets as a package; absent: the base has it or installs it. */
  readonly interpreter?: string;
}

/** The images of one family of runtimes. A family is a file in this folder, a folder in `images` and a row in `families.ts`. */
export interface FamilyImages {
  readonly rows: readonly RuntimeRow[];
  /** Docker Hub's image with the interpreter, or one that can install it. Absent: it has no such image. */
  readonly hub?: (row: RuntimeRow) => string | undefined;
  /** An image in Lambda's layout. Absent: only images that AWS laid out can run these runtimes. */
  readonly recipe?: (row: RuntimeRow, making: Making) => Recipe;
  /** The image to build layers in. Absent: the runtime's own. */
  readonly packager?: (row: RuntimeRow, chosen: ChosenPlan) => Recipe;
}

export function registry(reference: string): RegistryImage {
  return { kind: 'registry', reference };
}
