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

/** An image of the user that is on the engine. */
export interface OwnImage {
  /** Id rather than tag, since a tag may move to another image. */
  readonly id: string;
  /** Whether it has the layout of AWS's images. */
  readonly hasRuntime: boolean;
}

/** Makes the recipe of an image on a base of the user; `compilers` is the origin of compilers. */
export type PlanOnOwn = (image: OwnImage, compilers: Origin) => Recipe;

/** One way to make an image, on a base of `origin`. */
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

/** Every managed runtime that has images. */
export const runtimeRows: readonly RuntimeRow[] = Object.values(families).flatMap(({ rows }) => rows);

const familyOf = ({ family }: RuntimeRow): FamilyImages =>
  family === 'go' ? { rows: [] } : families[family];

/** Sources of the init: without texts, tests and a binary that someone compiled there. */
export const initFiles: Pick<Recipe, 'sources' | 'includes'> = {
  sources: ['init'],
  includes: (path) => /\.[ch]$|file$/.test(path),
};

/** Ways to compile the sandboxes' init; the image contains only `/init`. */
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

/** An image that AWS laid out, with what the sandbox needs beside. */
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

/** Which of lambdock's own origins have a base for a runtime. */
export function originsOf(row: RuntimeRow): readonly Origin[] {
  return origins.filter((origin) => builtIn(row, origin, 'x86_64').length > 0);
}

/** Ways to make a runtime's image, in order of preference. */
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

/** The image to build layers in: the runtime's own, or one that adds a package manager. */
export function layerImage(row: RuntimeRow, chosen: ChosenPlan): Recipe {
  return familyOf(row).packager?.(row, chosen) ?? chosen.plan;
}
