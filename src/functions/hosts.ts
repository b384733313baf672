import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../lib/database';
import { Documents, isSame, type Place } from './state';

/** The functions of one lambdock's file. */
interface Hosted {
  readonly names: readonly string[];
}

/** Who may have functions of a file in one data folder: each lambdock says of which, so that none removes another's. */
export class Hosts {
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
  host(place: Place, names: readonly string[]): (place: Place, functionName: string) => boolean {
    const living = this.others();
    const isDead = (boot: string) => boot !== this.boot && !living.has(boot);
    const before = this.#hosted.everywhere();
    const known = before.find(({ key, place: at }) => key === this.boot && isSame(at, place));
    const isNew = !isDeepStrictEqual(known?.document.names, names);
    const all = isNew || before.some(({ key }) => isDead(key)) ? this.#write(place, names, isDead) : before;
    const theirs = all.filter(({ key }) => living.has(key));
    return (at, name) => theirs.some((each) => isSame(each.place, at) && each.document.names.includes(name));
  }

  #write(place: Place, names: readonly string[], isDead: (boot: string) => boolean) {
    return this.database.transaction(() => {
      this.#hosted.put(place, this.boot, { names });
      const all = this.#hosted.everywhere();
      for (const { place: at, key } of all) if (isDead(key)) this.#hosted.remove(at, key);
      return all;
    });
  }
}
