import { SourceWatch } from '../functions/source-watch';
import type { Template } from '../functions/template';
import { TemplateError } from '../functions/template-problems';
import type { WantedFunction } from '../functions/wanted';
import type { Clock } from '../lib/clock';

/** Whoever makes a template's functions be there. */
export interface Hosting {
  apply(functions: readonly WantedFunction[]): Promise<void>;
}

/** Deploys a template again whenever it, or code or layers that it names, change. */
export class TemplateFollower {
  readonly #watch: SourceWatch;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    /** Reads it, whatever it says now. @throws {TemplateError} */
    private readonly load: () => Template,
    private readonly hosting: Hosting,
    clock: Clock,
    private readonly say: (sentence: string) => void,
  ) {
    this.#watch = new SourceWatch(clock, () => {
      // One after another, so that an older state of the files never comes last.
      this.#turn = this.#turn.then(() => this.#deployAgain());
    });
  }

  begin({ files, functions }: Template): Promise<void> {
    return this.#watch.cover(files, functions);
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#turn;
  }

  async #deployAgain(): Promise<void> {
    try {
      const { files, functions } = this.load();
      await this.#watch.cover(files, functions);
      await this.hosting.apply(functions);
    } catch (error) {
      // A file in the middle of being edited is no reason to end what runs.
      if (!(error instanceof TemplateError)) throw error;
      this.say(`the template is left as it was: ${error.message}`);
    }
  }
}
