import type { WantedFunction } from '../../functions/template/wanted';
import type { SourceChange } from '../source-change';
import type { Hosting } from './template-follower';

/** Makes functions be as a template wants them, in one respect. */
interface Applying {
  apply(
    functions: readonly WantedFunction[],
    changed?: ReadonlySet<string>,
    change?: SourceChange,
  ): Promise<void>;
}

/** Makes a template's functions be there, with everything that belongs to them. */
export class TemplateHosting implements Hosting {
  #latest = 0;
  #attaching: Promise<void> = Promise.resolve();

  constructor(
    private readonly deployment: Applying & Pick<Hosting, 'hold'>,
    /** What can be given to a function only once that is there: aliases, URLs, concurrency. */
    private readonly attachments: Applying,
    /** How functions start. */
    private readonly starts: { replace(functions: readonly WantedFunction[]): void },
  ) {}

  /**
   * Resolves when each is ready or has failed. What the template said before may still be in the making then: what was
   * asked for last stays, whichever is done first.
   */
  async apply(
    functions: readonly WantedFunction[],
    changed?: ReadonlySet<string>,
    change?: SourceChange,
  ): Promise<void> {
    this.#latest += 1;
    const turn = this.#latest;
    this.starts.replace(functions);
    await this.deployment.apply(functions, changed, change);
    const attached = this.#attaching.then(async () => {
      if (turn === this.#latest) await this.attachments.apply(functions);
    });
    this.#attaching = attached.catch(() => undefined);
    await attached;
  }

  hold(functionNames: readonly string[], until: Promise<void>): void {
    this.deployment.hold(functionNames, until);
  }
}
