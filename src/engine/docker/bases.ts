import type { ReportProgress } from '../../lib/progress';
import { EngineError } from '../engine';
import { PullError } from './pull';
import { type Candidate, type Origin, origins, runtimeRows } from './runtime-images';

export type BasesSetting = 'auto' | Origin;

/** The engine's images, as the choice of a base sees them. */
export interface BaseSource {
  has(reference: string): Promise<boolean>;
  /** Rejects with a PullError. */
  pull(reference: string, report: ReportProgress): Promise<void>;
  /** The reference that a candidate's own image has or would have. */
  referenceOf(candidate: Candidate): Promise<string>;
  /** Makes a Debian base; rejects with an EngineError of kind `runtime-unavailable` where that cannot be done here. */
  makeBase(base: Candidate['base'], report: ReportProgress): Promise<void>;
}

/** `public.ecr.aws`, `docker.io`. */
function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && /[.:]/.test(first) ? first : 'docker.io';
}

/** Finds what can be had. A registry that could not be reached is asked once and not again. */
export class Bases {
  readonly #source: BaseSource;
  readonly #setting: BasesSetting;
  /** Per registry its first pull; resolves to why it is out of reach, or to undefined. */
  readonly #firstPulls = new Map<string, Promise<string | undefined>>();

  constructor(source: BaseSource, setting: BasesSetting) {
    this.#source = source;
    this.#setting = setting;
  }

  /**
   * The first candidate whose image is made already, else the first whose base is on the engine or can be got
   * there. With none: an EngineError of kind `runtime-unavailable` that tells what would help. `wanted` is for
   * people: `python3.12`.
   */
  async choose(wanted: string, candidates: readonly Candidate[], report: ReportProgress): Promise<Candidate> {
    const allowed = candidates.filter(({ origin }) => this.#setting === 'auto' || origin === this.#setting);
    for (const candidate of allowed) {
      if (await this.#source.has(await this.#source.referenceOf(candidate))) return candidate;
    }
    const refusals: string[] = [];
    for (const candidate of allowed) {
      const refusal = await this.#obtain(candidate.base, report);
      if (refusal === undefined) return candidate;
      refusals.push(refusal);
    }
    throw unavailable(wanted, this.#setting, allowed, candidates, refusals);
  }

  /** Sees to it that the engine has an image of a registry. Resolves to undefined, or to why it has not. */
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
        // The engine failed, not the registry: the next one is the first.
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

  async #obtain(base: Candidate['base'], report: ReportProgress): Promise<string | undefined> {
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

/** The runtimes of the same family that need no registry. */
function ofDebian(wanted: string): string {
  const family = runtimeRows.find(({ runtime }) => runtime === wanted)?.family;
  const offered = runtimeRows.filter((row) => row.family === family && row.suite !== undefined);
  return offered.map(({ runtime }) => runtime).join(' and ');
}

function unavailable(
  wanted: string,
  setting: BasesSetting,
  allowed: readonly Candidate[],
  candidates: readonly Candidate[],
  refusals: readonly string[],
): EngineError {
  const reasons = refusals.map((each) => `\n  - ${each}`);
  if (!candidates.some(({ origin }) => origin === 'debian') && (setting === 'auto' || setting === 'debian')) {
    reasons.push(`\n  - Debian's packages do not offer it, only ${ofDebian(wanted)}`);
  }
  const images = candidates.flatMap(({ base }) => (base.kind === 'registry' ? [base.reference] : []));
  const others = origins.filter(
    (origin) => origin !== setting && candidates.some((each) => each.origin === origin),
  );
  const steps = [
    `Make one of these images known to the engine, with \`docker pull\` where its registry is reachable, else with ` +
      `\`docker load\`: ${images.join(', ')}`,
    ...(setting === 'auto' || others.length === 0
      ? []
      : [`choose other \`bases\` than ${setting} (auto, ${others.join(', ')})`]),
    ...(allowed.some(({ origin }) => origin === 'debian') ? ['install mmdebstrap where lambdock runs'] : []),
  ];
  return new EngineError(
    'runtime-unavailable',
    `No base for ${wanted} can be had here:${reasons.join('')}\n${steps.join(', or ')}.`,
  );
}
