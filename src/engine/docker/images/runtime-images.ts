import type { Architecture } from '../../../aws/architecture';
import { type BaseChoice, type Origin, origins } from '../../../runtimes/bases';
import type { RuntimeFamily } from '../../../runtimes/families';
import { EngineError } from '../../engine';
import type { ChosenPlan } from './families/chosen-plan';
import { dotnetImages } from './families/dotnet';
import { type FamilyImages, type Making, type RuntimeRow, registry } from './families/family-images';
import { javaImages } from './families/java';
import { nodejsImages } from './families/nodejs';
import { providedImages } from './families/provided';
import { pythonImages } from './families/python';
import { rubyImages } from './families/ruby';
import type { DebianBase, Recipe, RegistryImage } from './recipe';
import { compilerBases, toolchain } from './toolchain';

/** A user's image that the engine has. */
export interface OwnImage {
  /** An id and not a tag, since a tag may move to another image. */
  readonly id: string;
  /** Whether it has the layout of AWS's images. */
  readonly hasRuntime: boolean;
}

/** Creates the recipe of an image on a user's base. `compilers` is the origin of the compilers. */
export type PlanOnOwn = (image: OwnImage, compilers: Origin) => Recipe;

/** A way to make an image, on a base of `origin`. */
export type Candidate =
  | { readonly origin: Origin; readonly base: RegistryImage | DebianBase; readonly plan: Recipe }
  | { readonly origin: 'own'; readonly base: RegistryImage; readonly plan: PlanOnOwn };

const families: Readonly<Record<Exclude<RuntimeFamily['name'], 'go'>, FamilyImages>> = {
  python: pythonImages,
  nodejs: nodejsImages,
  java: javaImages,
  dotnet: dotnetImages,
  ruby: rubyImages,
  provided: providedImages,
};

/** All managed runtimes that have images. */
export const runtimeRows: readonly RuntimeRow[] = Object.values(families).flatMap(({ rows }) => rows);

const familyOf = ({ family }: RuntimeRow): FamilyImages =>
  family === 'go' ? { rows: [] } : families[family];

/** The init's sources, without documents, tests and locally compiled binaries. */
export const initFiles: Pick<Recipe, 'sources' | 'includes'> = {
  sources: ['init'],
  includes: (path) => /\.[ch]$|file$/.test(path),
};

/** Ways to compile the init. The image contains only `/init`. */
export function initCandidates({ sources }: BaseChoice): readonly Candidate[] {
  const named = origins.filter((origin) => sources.includes(origin));
  return (named.length > 0 ? named : origins).map((origin) => ({
    origin,
    base: compilerBases[origin],
    plan: {
      kind: 'recipe',
      name: 'init',
      dockerfile: 'toolchain/init.Dockerfile',
      ...initFiles,
      arguments: { TOOLCHAIN: toolchain(origin) },
    },
  }));
}

function awsReference({ family, version }: RuntimeRow): string {
  return `public.ecr.aws/lambda/${family}:${version}`;
}

/** An image from AWS, plus what the sandbox needs. */
function completed({ runtime }: RuntimeRow, base: RegistryImage): Recipe {
  return {
    kind: 'recipe',
    name: runtime,
    dockerfile: 'aws/Dockerfile',
    sources: [],
    arguments: { BASE: base },
  };
}

function builtIn(row: RuntimeRow, origin: Origin, architecture: Architecture): readonly Candidate[] {
  const { hub, recipe } = familyOf(row);
  if (origin === 'aws') {
    const base = registry(awsReference(row));
    return [{ origin, base, plan: completed(row, base) }];
  }
  if (recipe === undefined) return [];
  const making = { compilers: origin, architecture };
  if (origin === 'docker-hub') {
    const reference = hub?.(row);
    if (reference === undefined) return [];
    const base = registry(reference);
    return [{ origin, base, plan: recipe(row, { ...making, base }) }];
  }
  const { suite, interpreter } = row;
  if (suite === undefined) return [];
  const base: DebianBase = { kind: 'debian', suite };
  return [{ origin, base, plan: recipe(row, { ...making, base, ...(interpreter && { interpreter }) }) }];
}

/** The origins with a base for a runtime. */
export function originsOf(row: RuntimeRow): readonly Origin[] {
  return origins.filter((origin) => builtIn(row, origin, 'x86_64').length > 0);
}

/** Ways to make a runtime's image, most preferred first. */
export function runtimeCandidates(
  row: RuntimeRow,
  architecture: Architecture,
  { sources, byRuntime }: BaseChoice,
): readonly Candidate[] {
  const own = (reference: string): Candidate => {
    const base = registry(reference);
    return {
      origin: 'own',
      base,
      plan({ id, hasRuntime }, compilers) {
        const making = { base, compilers, architecture };
        const plan = hasRuntime ? completed(row, base) : laidOut(row, reference, making);
        return { ...plan, arguments: { ...plan.arguments, BASE_ID: id } };
      },
    };
  };
  const reference = byRuntime.get(row.runtime);
  return [
    ...(reference === undefined ? [] : [own(reference)]),
    ...sources.flatMap((source) =>
      typeof source === 'string'
        ? builtIn(row, source, architecture)
        : [
            own(
              source.pattern.replace(
                /\{(family|version|runtime)\}/g,
                (_, key: 'family' | 'version' | 'runtime') => row[key],
              ),
            ),
          ],
    ),
  ];
}

function laidOut(row: RuntimeRow, reference: string, making: Making): Recipe {
  const { recipe } = familyOf(row);
  if (recipe) return recipe(row, making);
  throw new EngineError(
    'runtime-unavailable',
    `The image ${reference} cannot run ${row.runtime}: it does not set LAMBDA_RUNTIME_DIR. ` +
      `Name ${awsReference(row)} or an image that is made from it.`,
  );
}

/** The image for layer builds: the runtime's own, or one that adds a package manager. */
export function layerImage(row: RuntimeRow, chosen: ChosenPlan): Recipe {
  return familyOf(row).packager?.(row, chosen) ?? chosen.plan;
}
