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

/** Hosts a template's functions with their aliases, URLs and concurrency. */
export class TemplateHosting implements Hosting {
  #latest = 0;
  #attaching: Promise<void> = Promise.resolve();

  constructor(
    private readonly deployment: Applying & Pick<Hosting, 'hold'>,
    /** Applies resources that need an existing function: aliases, URLs, concurrency. */
    private readonly attachments: Applying,
    /** How functions start. */
    private readonly starts: { replace(functions: readonly WantedFunction[]): void },
  ) {}

  /**
   * Resolves when each function is ready or has failed. An earlier call may still be running then; the last call wins,
   * independent of the order in which they finish.
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
