import path from 'node:path';
import type Docker from 'dockerode';
import type { Architecture } from '../../../aws/architecture';
import type { Clock } from '../../../lib/clock';
import { isImageReference } from '../../../lib/image-reference';
import type { ReportProgress } from '../../../lib/progress';
import { type BaseChoice, origins, parseBases } from '../../../runtimes/bases';
import { EngineError, type ImageBuild, type ImageStart, type LayerBuild } from '../../engine';
import { hasStatus } from '../docker-errors';
import { runtimeOfBase } from './aws-bases';
import { Bases } from './bases';
import { Builder } from './builder';
import { Downloads } from './downloads';
import type { ChosenPlan } from './families/chosen-plan';
import type { RuntimeRow } from './families/family-images';
import { buildFunctionImage } from './function-build';
import { initBinary } from './init-binary';
import { buildLayer } from './layer-build';
import { PullError, pullImage } from './pull';
import { contentHash, type Recipe, referenceOf } from './recipe';
import { RegistryCredentials } from './registry-credentials';
import {
  type Candidate,
  initCandidates,
  initFiles,
  layerImage,
  runtimeCandidates,
  runtimeRows,
} from './runtime-images';

export interface ImagesOptions {
  readonly docker: Docker;
  readonly clock: Clock;
  /** The package's `images` folder. */
  readonly imagesFolder: string;
  readonly dataFolder: string;
  /** The setting `bases`, in the form that `parseBases` reads. */
  readonly bases: string;
  /** Folder with Docker's `config.json`. Absent: lambdock sends no credentials to registries. */
  readonly configFolder?: string;
  /** The engine's architecture. */
  readonly architecture: Architecture;
  /** PEM file with additional certificate authorities for builds, for example that of a company's proxy. */
  readonly caFile?: string;
  /** Labels of containers in which layers are built. After a crash they identify the containers to remove. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Lambda's names for the engines' architectures. */
const architectures: Readonly<Record<string, Architecture>> = { amd64: 'x86_64', arm64: 'arm64' };

function environmentOf(list: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (list ?? []).map((each) => {
      const end = each.indexOf('=');
      return end < 0 ? [each, ''] : [each.slice(0, end), each.slice(end + 1)];
    }),
  );
}

function asList(value: string | readonly string[] | null | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** Finds, pulls or builds the images of runtimes and functions, layers, and the init. */
export class Images {
  readonly #options: ImagesOptions;
  readonly #credentials: RegistryCredentials;
  readonly #builder: Builder;
  readonly #bases: Bases;
  readonly #choice: BaseChoice;
  /** Origin of the compilers for everything that is compiled for sandboxes. */
  #compilers: Promise<ChosenPlan> | undefined;
  readonly #volumes = new Map<string, readonly string[]>();

  constructor(options: ImagesOptions) {
    const { docker, imagesFolder, dataFolder, caFile, clock } = options;
    this.#options = options;
    this.#credentials = new RegistryCredentials(options.configFolder);
    const choice = parseBases(options.bases);
    if (choice === undefined) throw new Error(`The setting bases was not validated: ${options.bases}`);
    this.#choice = choice;
    this.#builder = new Builder({
      ...options,
      packages: new Downloads(path.join(dataFolder, 'downloads'), caFile),
      fetch: (reference, report) => this.#bases.fetch(reference, report),
    });
    this.#bases = new Bases({
      has: (reference) => this.#builder.has(reference),
      pull: (reference, report) => pullImage(docker, reference, report, clock, this.#credentials),
      planOf: (candidate, report) => this.#planOf(candidate, report),
      referenceOf: (plan) => referenceOf(plan, imagesFolder),
      makeBase: async (base, report) => {
        await this.#builder.make(base, report);
      },
    });
  }

  async runtimeImage(runtime: string, report: ReportProgress): Promise<ImageStart> {
    const { plan } = await this.#chosen(rowOf(runtime), report);
    const image = await this.#builder.make(plan, report);
    const { Config } = await this.#options.docker.getImage(image).inspect();
    this.#declaredVolumes(image, Config.Volumes);
    return {
      image,
      entryPoint: ['/var/runtime/bootstrap'],
      command: [],
      workingDirectory: '/var/task',
      environment: environmentOf(Config.Env),
    };
  }

  async functionImage(reference: string, report: ReportProgress): Promise<ImageStart> {
    const { docker, clock } = this.#options;
    if (!isImageReference(reference)) {
      throw new EngineError(
        'image-missing',
        `"${reference}" is not a valid image reference. Use one such as my-image:tag or sha256:<64 hex digits>.`,
      );
    }
    const isId = reference.startsWith('sha256:');
    if (!(await this.#builder.has(reference))) {
      if (isId) {
        throw new EngineError(
          'image-missing',
          `The engine has no image with the id ${reference}. Build or load it again, then deploy the function.`,
        );
      }
      await pullImage(docker, reference, report, clock, this.#credentials).catch((error: unknown) => {
        if (!(error instanceof PullError)) throw error;
        throw new EngineError(
          'image-missing',
          `The engine has no image ${reference}, and it could not be pulled: ${error.message}. ` +
            'Build it (`docker build -t`), load it (`docker load`), or check its name.',
          { cause: error },
        );
      });
    }
    const { Id, Config, Architecture: built } = await docker.getImage(reference).inspect();
    const architecture = architectures[built];
    this.#declaredVolumes(Id, Config.Volumes);
    return {
      image: Id,
      ...(architecture && { architecture }),
      entryPoint: asList(Config.Entrypoint),
      command: asList(Config.Cmd),
      workingDirectory: Config.WorkingDir || '/',
      environment: environmentOf(Config.Env),
    };
  }

  /** Paths that an image declares as volumes. `image` comes from an `ImageStart` of this object. */
  volumesOf(image: string): readonly string[] {
    return this.#volumes.get(image) ?? [];
  }

  async imageId(reference: string): Promise<string | undefined> {
    if (!isImageReference(reference)) return undefined;
    try {
      return (await this.#options.docker.getImage(reference).inspect()).Id;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  buildImage(build: ImageBuild, report: ReportProgress): Promise<void> {
    const { docker, caFile } = this.#options;
    const standIn = (base: string) => this.#standIn(base, report);
    return buildFunctionImage(docker, build, report, this.#credentials, { standIn, caFile });
  }

  /** lambdock's replacement of an AWS base image that is not available; undefined for all other images. */
  async #standIn(reference: string, report: ReportProgress): Promise<string | undefined> {
    const row = runtimeOfBase(reference);
    const refusal = row && (await this.#bases.fetch(reference, report));
    if (row === undefined || refusal === undefined) return undefined;
    report(`building on lambdock's image of ${row.runtime} instead of ${reference}: ${refusal}`);
    // Dockerfiles install packages, so they need pip or npm.
    return this.packagingImage(row.runtime, report);
  }

  async buildLayer(build: LayerBuild, report: ReportProgress): Promise<void> {
    const { docker, caFile, labels = {} } = this.#options;
    const row = rowOf(build.runtime);
    const image = await this.packagingImage(build.runtime, report);
    await buildLayer(build, { docker, image, row, labels, ...(caFile !== undefined && { caFile }) });
  }

  /** The runtime's image with pip or npm, for layer builds. */
  async packagingImage(runtime: string, report: ReportProgress): Promise<string> {
    const row = rowOf(runtime);
    return this.#builder.make(layerImage(row, await this.#chosen(row, report)), report);
  }

  /** Path of the init's static binary. Builds it if needed. */
  async initBinary(report: ReportProgress): Promise<string> {
    const { docker, dataFolder, imagesFolder } = this.#options;
    const hash = await contentHash(initFiles, imagesFolder);
    return initBinary(docker, dataFolder, hash, async () => {
      const { plan } = await this.#chosenCompilers(report);
      return this.#builder.make(plan, report);
    });
  }

  #declaredVolumes(image: string, volumes: object | null | undefined): void {
    this.#volumes.set(image, Object.keys(volumes ?? {}));
  }

  #chosen(row: RuntimeRow, report: ReportProgress): Promise<ChosenPlan> {
    const candidates = runtimeCandidates(row, this.#options.architecture, this.#choice);
    return this.#bases.choose(row.runtime, candidates, report);
  }

  async #planOf({ base, plan }: Candidate, report: ReportProgress): Promise<Recipe | undefined> {
    if (typeof plan !== 'function') return plan;
    if (base.kind !== 'registry' || !(await this.#builder.has(base.reference))) return undefined;
    const { Id, Config } = await this.#options.docker.getImage(base.reference).inspect();
    const { origin } = await this.#chosenCompilers(report);
    const own = { id: Id, hasRuntime: 'LAMBDA_RUNTIME_DIR' in environmentOf(Config.Env) };
    return plan(own, origins.find((each) => each === origin) ?? 'debian');
  }

  #chosenCompilers(report: ReportProgress): Promise<ChosenPlan> {
    this.#compilers ??= this.#bases
      .choose('the compilers', initCandidates(this.#choice), report)
      .catch((error: unknown) => {
        this.#compilers = undefined;
        throw error;
      });
    return this.#compilers;
  }
}

function rowOf(runtime: string): RuntimeRow {
  const row = runtimeRows.find((each) => each.runtime === runtime);
  if (row) return row;
  const known = runtimeRows.map((each) => each.runtime).join(', ');
  throw new EngineError(
    'runtime-unavailable',
    `No image is available for runtime ${runtime}. Use one of: ${known}.`,
  );
}
