import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../lib/database';
import { Documents, isSameScope, type Scope } from './state';

/** The functions of one lambdock's file. */
interface Hosted {
  readonly names: readonly string[];
}

/** Who may have functions of a file in one data folder: each lambdock says of which, so that none removes another's. */
export class TemplateOwners {
  readonly #hosted: Documents<Hosted>;

  constructor(
    private readonly database: Database,
    /** Which run of lambdock this is. */
    private readonly boot: string,
    /** Other runs that have not ended. */
    private readonly others: () => ReadonlySet<string>,
  ) {
    this.#hosted = new Documents(database, 'hosted');
  }

  /**
   * Says what this one's file names; resolves to whether another one's names a function. Writes only what is new, since
   * every save of a watched file comes here.
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
