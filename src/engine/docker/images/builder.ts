import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Architecture } from '../../../aws/architecture';
import { runChild } from '../../../lib/child';
import type { ReportProgress } from '../../../lib/progress';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError } from '../../engine';
import { hasStatus } from '../docker-errors';
import { engineMessages } from '../engine-messages';
import { type ArchiveEntry, packed } from './archive';
import type { Downloads } from './downloads';
import { argumentsOf, contextOf, type DebianBase, type ImagePlan, type Recipe, referenceOf } from './recipe';

export interface BuilderOptions {
  readonly docker: Docker;
  readonly imagesFolder: string;
  readonly dataFolder: string;
  readonly architecture: Architecture;
  readonly packages: Downloads;
  /** PEM file with additional certificate authorities for builds. It is not part of images or their hashes. */
  readonly caFile?: string;
  /** Pulls an image. Resolves to undefined, or to the reason why it failed. */
  fetch(reference: string, report: ReportProgress): Promise<string | undefined>;
}

/** Label of the images that lambdock makes. Its value is NAME in `lambdock/NAME:HASH`. */
const imageLabel = 'lambdock.image';
/** Label of intermediate build stages, which are removed after the builds. Its value is the builder's id. */
const stageLabel = 'lambdock.stage';

/** The classic builder prints stderr in red. */
const colours = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** Makes images from plans, unless the engine has them. Parallel requests share one build. */
export class Builder {
  readonly #options: BuilderOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Unique to this builder, so that it does not remove the stages of another process. */
  readonly #stage = randomUUID();
  #builds = 0;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  async has(reference: string): Promise<boolean> {
    try {
      await this.#options.docker.getImage(reference).inspect();
      return true;
    } catch (error) {
      if (hasStatus(error, 404)) return false;
      throw error;
    }
  }

  /** Resolves to the image's reference when the engine has the image. */
  async make(plan: ImagePlan, report: ReportProgress): Promise<string> {
    if (plan.kind === 'registry') {
      const refusal = await this.#options.fetch(plan.reference, report);
      if (refusal === undefined) return plan.reference;
      throw new EngineError(
        'runtime-unavailable',
        `The image ${plan.reference}, which other images are built from, is not available: ${refusal}. ` +
          'Load it into the engine with `docker load`.',
      );
    }
    const reference = await referenceOf(plan, this.#options.imagesFolder);
    const shared = this.#underWay.get(reference);
    const making =
      shared ?? this.#makeMissing(plan, reference, report).finally(() => this.#underWay.delete(reference));
    if (!shared) this.#underWay.set(reference, making);
    await making;
    return reference;
  }

  async #makeMissing(plan: DebianBase | Recipe, reference: string, report: ReportProgress): Promise<void> {
    if (await this.has(reference)) return;
    if (plan.kind === 'debian') return this.#makeDebian(plan, reference, report);
    const images = Object.values(plan.arguments).filter((value) => typeof value !== 'string');
    const [packages] = await Promise.all([
      Promise.all((plan.packages ?? []).map((spec) => this.#options.packages.fetch(spec, report))),
      ...images.map((image) => this.make(image, report)),
    ]);
    this.#builds += 1;
    try {
      await this.#build(plan, reference, packages, report);
    } finally {
      this.#builds -= 1;
      if (this.#builds === 0) await this.#tidy();
    }
  }

  async #build(
    recipe: Recipe,
    reference: string,
    packages: readonly string[],
    report: ReportProgress,
  ): Promise<void> {
    const { docker, imagesFolder, caFile } = this.#options;
    const context: ArchiveEntry[] = [
      ...contextOf(recipe, imagesFolder),
      { path: 'ca.pem', content: caFile === undefined ? '' : await readFile(caFile) },
      { path: 'packages' },
      ...packages.map((source) => ({ path: `packages/${path.basename(source)}`, source })),
    ];
    const stream = await docker.buildImage(packed(context), {
      t: reference,
      dockerfile: recipe.dockerfile,
      buildargs: { ...(await argumentsOf(recipe, imagesFolder)), STAGE: this.#stage },
      labels: { [imageLabel]: recipe.name },
      rm: true,
      forcerm: true,
    });
    const last = new LastLines();
    for await (const { stream: text, error } of engineMessages(stream)) {
      for (const line of text?.replace(colours, '').split('\n') ?? []) last.push(line);
      const step = /^Step (\d+)\/(\d+) :/.exec(text ?? '');
      if (step) report(`Building image ${recipe.name}`, (Number(step[1]) - 1) / Number(step[2]));
      if (error === undefined) continue;
      throw new EngineError(
        'build-failed',
        `Building the image ${recipe.name} (images/${recipe.dockerfile}) failed: ${error}. Last output:${last}`,
      );
    }
    report(`Built image ${recipe.name}`, 1);
  }

  async #makeDebian({ suite }: DebianBase, reference: string, report: ReportProgress): Promise<void> {
    const { imagesFolder, dataFolder, architecture, docker } = this.#options;
    const scratchFolder = path.join(dataFolder, 'scratch');
    await mkdir(scratchFolder, { recursive: true });
    const scratch = await mkdtemp(path.join(scratchFolder, `${suite}-`));
    const root = path.join(scratch, 'root.tar');
    const last = new LastLines();
    try {
      report(`Making a Debian base (${suite}) from packages`);
      const code = await runChild({
        command: 'sh',
        arguments: [
          path.join(imagesFolder, 'debian/make-base.sh'),
          suite,
          architecture === 'arm64' ? 'arm64' : 'amd64',
        ],
        output: createWriteStream(root),
        onLine: (line) => {
          last.push(line);
          const step = /^I: (running apt|downloading|extracting|installing|creating)/.test(line);
          if (step) report(`Debian base (${suite}): ${line.slice(3).replace(/\.+$/, '')}`);
        },
      });
      if (code === 127) {
        throw new EngineError(
          'runtime-unavailable',
          'mmdebstrap is required to make a Debian base but was not found in PATH',
        );
      }
      if (code !== 0) {
        throw new EngineError(
          'build-failed',
          `mmdebstrap failed to make a Debian base (${suite}). It needs root and a package mirror. Last output:${last}`,
        );
      }
      const [repo, tag] = reference.split(':');
      const stream = await docker.importImage(createReadStream(root), {
        repo,
        tag,
        changes: [`LABEL ${imageLabel}=debian-${suite}`, 'CMD ["/bin/sh"]'],
      });
      for await (const { error } of engineMessages(stream)) {
        if (error !== undefined) {
          throw new EngineError(
            'build-failed',
            `The engine failed to import the Debian base ${reference}: ${error}`,
          );
        }
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Removes the stages from the engine's cache. They take hundreds of megabytes and contain the certificates. */
  async #tidy(): Promise<void> {
    const filters = { dangling: ['true'], label: [`${stageLabel}=${this.#stage}`] };
    // A failure only leaves stages behind. The images are complete.
    await this.#options.docker.pruneImages({ filters }).catch(() => undefined);
  }
}
