import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Architecture } from '../../aws/architecture';
import { runChild } from '../../lib/child';
import { LastLines } from '../../lib/last-lines';
import type { ReportProgress } from '../../lib/progress';
import { EngineError } from '../engine';
import { type ArchiveEntry, packed } from './archive';
import { hasStatus } from './docker-errors';
import { engineMessages } from './engine-messages';
import type { NpmPackages } from './npm-packages';
import { argumentsOf, contextOf, type DebianBase, type ImagePlan, type Recipe, referenceOf } from './recipe';

export interface BuilderOptions {
  readonly docker: Docker;
  readonly imagesFolder: string;
  readonly dataFolder: string;
  readonly architecture: Architecture;
  readonly packages: NpmPackages;
  /** Certificates that builds trust beside the usual ones; they stay out of images and their hashes. */
  readonly caFile?: string;
  /** Sees to it that the engine has an image of a registry; resolves to why it has not. */
  fetch(reference: string, report: ReportProgress): Promise<string | undefined>;
}

/** Marks images of ours; its value is the name in `lambdock/NAME:HASH`. */
const imageLabel = 'lambdock.image';
/** Marks stages of builds, of which nothing is left but a trace in the engine's cache; its value is the builder. */
const stageLabel = 'lambdock.stage';

/** Makes images by their plans, each only when the engine has none of its hash, and each once at a time. */
export class Builder {
  readonly #options: BuilderOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Of this builder alone: another process may be in the midst of a build. */
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

  /** Resolves to the image's reference when the engine has it. */
  async make(plan: ImagePlan, report: ReportProgress): Promise<string> {
    if (plan.kind === 'registry') {
      const refusal = await this.#options.fetch(plan.reference, report);
      if (refusal === undefined) return plan.reference;
      throw new EngineError(
        'runtime-unavailable',
        `${plan.reference} is needed to build images, but ${refusal}. Give it to the engine with \`docker load\`.`,
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
      for (const line of text?.split('\n') ?? []) last.push(line);
      const step = /^Step (\d+)\/(\d+) :/.exec(text ?? '');
      if (step) report(`Building image ${recipe.name}`, (Number(step[1]) - 1) / Number(step[2]));
      if (error === undefined) continue;
      throw new EngineError(
        'build-failed',
        `The image ${recipe.name} (${recipe.dockerfile}) could not be built: ${error}. Its last output:${last}`,
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
          `The Debian base ${reference} is not on the engine, and mmdebstrap, which makes it, is not installed here`,
        );
      }
      if (code !== 0) {
        throw new EngineError(
          'build-failed',
          `mmdebstrap could not make a Debian base (${suite}). It needs root and a package mirror. It said:${last}`,
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
            `The engine did not take the Debian base ${reference}: ${error}`,
          );
        }
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Removes what stages left in the engine's cache: hundreds of megabytes, and the certificates. */
  async #tidy(): Promise<void> {
    const filters = { dangling: ['true'], label: [`${stageLabel}=${this.#stage}`] };
    // An engine that refuses keeps some files too many; that is no reason to fail.
    await this.#options.docker.pruneImages({ filters }).catch(() => undefined);
  }
}
