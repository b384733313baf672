import { SourceWatch } from '../functions/source-watch';
import { loadTemplate } from '../functions/template';
import { TemplateError } from '../functions/template-problems';
import type { WantedFunction } from '../functions/wanted';
import type { Clock } from '../lib/clock';
import type { Deployment } from './deployment';

/** Deploys a template again whenever it, or code or layers that it names, change. */
export class TemplateFollower {
  readonly #watch: SourceWatch;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly templateFile: string,
    private readonly deployment: Deployment,
    clock: Clock,
    private readonly say: (sentence: string) => void,
  ) {
    this.#watch = new SourceWatch(clock, () => {
      // One after another, so that an older state of the files never comes last.
      this.#turn = this.#turn.then(() => this.#deployAgain());
    });
  }

  begin(functions: readonly WantedFunction[]): Promise<void> {
    return this.#watch.cover(this.templateFile, functions);
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#turn;
  }

  async #deployAgain(): Promise<void> {
    try {
      const { functions } = loadTemplate(this.templateFile);
      await this.#watch.cover(this.templateFile, functions);
      await this.deployment.apply(functions);
    } catch (error) {
      // A file in the middle of being edited is no reason to end what runs.
      if (!(error instanceof TemplateError)) throw error;
      this.say(`the template is left as it was: ${error.message}`);
    }
  }
}
