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

  /** Says what this one's file names; resolves to whether another one's names a function. */
  host(place: Place, names: readonly string[]): (place: Place, functionName: string) => boolean {
    const living = this.others();
    return this.database.transaction(() => {
      this.#hosted.put(place, this.boot, { names });
      const all = this.#hosted.everywhere();
      for (const { place: at, key } of all)
        if (key !== this.boot && !living.has(key)) this.#hosted.remove(at, key);
      const theirs = all.filter(({ key }) => living.has(key));
      return (at, name) =>
        theirs.some((each) => isSame(each.place, at) && each.document.names.includes(name));
    });
  }
}
