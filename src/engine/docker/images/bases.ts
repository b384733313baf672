import type { ReportProgress } from '../../../lib/progress';
import { origins } from '../../../runtimes/bases';
import { EngineError } from '../../engine';
import type { ChosenPlan } from './families/chosen-plan';
import { PullError } from './pull';
import type { DebianBase, Recipe, RegistryImage } from './recipe';
import { type Candidate, originsOf, runtimeRows } from './runtime-images';

/** The engine's images, for the choice of a base. */
export interface BaseSource {
  has(reference: string): Promise<boolean>;
  /** Rejects with a PullError. */
  pull(reference: string, report: ReportProgress): Promise<void>;
  /** The plan of a candidate; undefined if the user's base image is not on the engine. */
  planOf(candidate: Candidate, report: ReportProgress): Promise<Recipe | undefined>;
  /** The reference of a plan's image. */
  referenceOf(plan: Recipe): Promise<string>;
  /** Makes a Debian base; rejects with an EngineError of kind `runtime-unavailable` if that is not possible. */
  makeBase(base: DebianBase, report: ReportProgress): Promise<void>;
}

/** For example `public.ecr.aws` or `docker.io`. */
function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && /[.:]/.test(first) ? first : 'docker.io';
}

/** Finds a base for an image. It does not retry a registry that was unreachable. */
export class Bases {
  readonly #source: BaseSource;
  /** The first pull per registry. Resolves to why the registry is unreachable, or to undefined. */
  readonly #firstPulls = new Map<string, Promise<string | undefined>>();

  constructor(source: BaseSource) {
    this.#source = source;
  }

  /**
   * The first candidate whose base the engine has or can pull. Among lambdock's own bases, one whose image already
   * exists is preferred. `subject` is for messages, for example `python3.12`.
   * @throws {EngineError} of kind `runtime-unavailable`, with the reasons and the next steps
   */
  async choose(
    subject: string,
    candidates: readonly Candidate[],
    report: ReportProgress,
  ): Promise<ChosenPlan> {
    const refusals: string[] = [];
    let looked = false;
    for (const [index, candidate] of candidates.entries()) {
      // A base that the user configured takes precedence over an image that an earlier run made on another base.
      if (candidate.origin !== 'own' && !looked) {
        looked = true;
        const made = await this.#made(candidates.slice(index), report);
        if (made) return made;
      }
      const refusal = await this.#obtain(candidate.base, report);
      const plan = refusal === undefined ? await this.#source.planOf(candidate, report) : undefined;
      if (plan) return { origin: candidate.origin, plan };
      refusals.push(refusal ?? `the engine no longer has the image`);
    }
    throw unavailable(subject, candidates, refusals);
  }

  async #made(candidates: readonly Candidate[], report: ReportProgress): Promise<ChosenPlan | undefined> {
    for (const candidate of candidates) {
      const plan = await this.#source.planOf(candidate, report);
      if (plan && (await this.#source.has(await this.#source.referenceOf(plan))))
        return { origin: candidate.origin, plan };
    }
    return undefined;
  }

  /** Pulls an image. Resolves to undefined, or to the reason why it failed. */
  async fetch(reference: string, report: ReportProgress): Promise<string | undefined> {
    if (await this.#source.has(reference)) return undefined;
    const registry = registryOf(reference);
    const first = this.#firstPulls.get(registry);
    if (first) {
      const outOfReach = await first;
      if (outOfReach !== undefined) return outOfReach;
    }
    const pulling = this.#pull(reference, registry, report);
    if (!first) {
      const known = pulling.then(
        ({ outOfReach: why }) => why,
        // The engine failed, not the registry. The next pull is the first again.
        () => void this.#firstPulls.delete(registry),
      );
      this.#firstPulls.set(registry, known);
    }
    const outcome = await pulling;
    return outcome.outOfReach ?? outcome.missing;
  }

  async #pull(
    reference: string,
    registry: string,
    report: ReportProgress,
  ): Promise<{ outOfReach?: string; missing?: string }> {
    try {
      report(`Pulling ${reference}`);
      await this.#source.pull(reference, report);
      return {};
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      if (error.reason === 'missing')
        return { missing: `${registry} has no ${reference} (${error.message})` };
      return { outOfReach: `${registry} cannot be reached (${error.message})` };
    }
  }

  async #obtain(base: RegistryImage | DebianBase, report: ReportProgress): Promise<string | undefined> {
    if (base.kind === 'registry') return this.fetch(base.reference, report);
    try {
      await this.#source.makeBase(base, report);
      return undefined;
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'runtime-unavailable') throw error;
      return error.message;
    }
  }
}

function unavailable(
  subject: string,
  candidates: readonly Candidate[],
  refusals: readonly string[],
): EngineError {
  const row = runtimeRows.find(({ runtime }) => runtime === subject);
  const tried = new Set(candidates.map(({ origin }) => origin));
  const images = candidates.flatMap(({ base }) => (base.kind === 'registry' ? [base.reference] : []));
  const others = (row ? originsOf(row) : origins).filter((origin) => !tried.has(origin));
  const steps = [
    ...(tried.has('debian') ? ['Install mmdebstrap on the machine where lambdock runs.'] : []),
    ...(images.length > 0 ? [`Pull or load one of these images into the engine: ${images.join(', ')}.`] : []),
    ...(others.length > 0 ? [`Add ${others.join(' or ')} to the setting \`bases\`.`] : []),
    ...(row ? [`Name an image of your own that has the runtime: \`bases: ${subject}=IMAGE\`.`] : []),
  ];
  const why =
    refusals.length > 0
      ? refusals.map((each) => `\n  - ${each}`).join('')
      : ' no source in the setting `bases` has one.';
  return new EngineError(
    'runtime-unavailable',
    `No base image for ${subject} is available:${why}\n` +
      `Do one of the following:${steps.map((each) => `\n  - ${each}`).join('')}`,
  );
}
