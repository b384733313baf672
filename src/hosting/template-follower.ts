import { TemplateError } from '../functions/template/problems';
import type { Template } from '../functions/template/template';
import type { WantedFunction } from '../functions/template/wanted';
import type { Clock } from '../lib/clock';
import { SourceWatch } from './source-watch';

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
    /** Told of a change that could not be deployed, though the template is right. */
    private readonly fail: (error: Error) => void,
  ) {
    this.#watch = new SourceWatch(clock, () => void this.#changed(), say);
  }

  begin({ files, functions }: Template): Promise<void> {
    return this.#watch.cover(files, functions);
  }

  /**
   * Deploys what the template says now, whether a change of it was noticed or not. Resolves when each of its functions
   * is ready or has failed.
   * @throws {TemplateError} what runs goes on as it was then
   */
  reload(): Promise<void> {
    // One after another, so that an older state of the files never comes last.
    const turn = this.#turn.then(() => this.#deploy());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#turn;
  }

  async #changed(): Promise<void> {
    try {
      await this.reload();
    } catch (error) {
      // A file in the middle of being edited is no reason to end what runs.
      if (error instanceof TemplateError) this.say(`the template is left as it was: ${error.message}`);
      else this.fail(new Error('A change of the template could not be deployed', { cause: error }));
    }
  }

  async #deploy(): Promise<void> {
    const { files, functions } = this.load();
    await this.#watch.cover(files, functions);
    await this.hosting.apply(functions);
  }
}
