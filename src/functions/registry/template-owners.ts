import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../lib/database';
import { Documents, isSameScope, type Scope } from './state';

/** The functions of one lambdock's file. */
interface Hosted {
  readonly names: readonly string[];
}

/** Records which lambdock hosts which template functions in a data folder, so that one does not remove another's. */
export class TemplateOwners {
  readonly #hosted: Documents<Hosted>;

  constructor(
    private readonly database: Database,
    /** Id of this run of lambdock. */
    private readonly boot: string,
    /** Other runs that have not ended. */
    private readonly others: () => ReadonlySet<string>,
  ) {
    this.#hosted = new Documents(database, 'hosted');
  }

  /**
   * Records the functions of this lambdock's template. Returns a check whether another lambdock's template has a
   * function. It writes only changes, since every save of a watched template calls it.
   */
  host(scope: Scope, names: readonly string[]): (scope: Scope, functionName: string) => boolean {
    const living = this.others();
    const isDead = (boot: string) => boot !== this.boot && !living.has(boot);
    const before = this.#hosted.everywhere();
    const known = before.find(({ key, scope: at }) => key === this.boot && isSameScope(at, scope));
    const isNew = !isDeepStrictEqual(known?.document.names, names);
    const all = isNew || before.some(({ key }) => isDead(key)) ? this.#write(scope, names, isDead) : before;
    const theirs = all.filter(({ key }) => living.has(key));
    return (at, name) =>
      theirs.some((each) => isSameScope(each.scope, at) && each.document.names.includes(name));
  }

  #write(scope: Scope, names: readonly string[], isDead: (boot: string) => boolean) {
    return this.database.transaction(() => {
      this.#hosted.put(scope, this.boot, { names });
      const all = this.#hosted.everywhere();
      for (const { scope: at, key } of all) if (isDead(key)) this.#hosted.remove(at, key);
      return all;
    });
  }
}
