import { join } from 'node:path';
import { Database } from '../../lib/database';

/** Where something is deployed: what lies in one account and region is not seen from another one. */
export interface Scope {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

export const isSameScope = (one: Scope, other: Scope): boolean =>
  one.region === other.region && one.accountId === other.accountId;

/** Kinds of documents that belong to a function and that every lambdock has in memory. */
const followed = "'function', 'version', 'alias', 'reserved-concurrency', 'provisioned-concurrency'";

/** Takes note of a change of the function that a document belongs to: its key begins with the function's name. */
const noteChange = (event: string, row: 'NEW' | 'OLD') =>
  `CREATE TRIGGER note_${event.toLowerCase()} AFTER ${event} ON documents WHEN ${row}.kind IN (${followed}) BEGIN
     INSERT OR REPLACE INTO changes (place, function, number) VALUES (
       ${row}.place,
       substr(${row}.key, 1, instr(${row}.key || ':', ':') - 1),
       (SELECT ifnull(max(number), 0) + 1 FROM changes)
     );
   END;`;

/**
 * The first schema has one table for all that is deployed. A thing is a document of JSON under its kind, its place
 * and its key; it goes when its owner goes. The second has the number of each function's last change beside it, so
 * that one lambdock can tell what others have changed; whatever writes, the database takes note of it. The third has the
 * asynchronous events that were accepted and have not ended, each with the run of lambdock that works on it. The fourth
 * finds the URL of a request by the id in its host name.
 */
const migrations: readonly string[] = [
  `CREATE TABLE documents (
     kind TEXT NOT NULL,
     place TEXT NOT NULL,
     key TEXT NOT NULL,
     owner TEXT,
     document TEXT NOT NULL,
     PRIMARY KEY (kind, place, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX documents_by_owner ON documents (place, owner) WHERE owner IS NOT NULL;`,
  `CREATE TABLE changes (
     place TEXT NOT NULL,
     function TEXT NOT NULL,
     number INTEGER NOT NULL UNIQUE,
     PRIMARY KEY (place, function)
   ) STRICT, WITHOUT ROWID;
   ${noteChange('INSERT', 'NEW')}
   ${noteChange('UPDATE', 'NEW')}
   ${noteChange('DELETE', 'OLD')}`,
  `CREATE TABLE events (
     id TEXT PRIMARY KEY,
     boot TEXT NOT NULL,
     event TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE INDEX documents_by_url ON documents (json_extract(document, '$.urlId')) WHERE kind = 'function-url';`,
];

/** Opens the database of what is deployed, in a data folder. @throws {DatabaseError} */
export function openState(dataFolder: string): Database {
  return Database.open(join(dataFolder, 'state.db'), migrations);
}

const placeKey = ({ region, accountId }: Scope) => `${region}/${accountId}`;

/** The place in a row of `documents`. */
export function placeOf(key: unknown): Scope {
  const [region = '', accountId = ''] = String(key).split('/');
  return { region, accountId };
}

/** Later than every key that begins with what it is put behind. */
const last = '\u{10ffff}';

export interface Range {
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Only keys behind this one. */
  readonly after?: string;
  readonly limit?: number;
}

/**
 * The documents of one kind, e.g. `new Documents<Alias>(database, 'alias')`. Each call is a transaction of its own,
 * unless it stands within `database.transaction`.
 */
export class Documents<T extends object> {
  constructor(
    private readonly database: Database,
    private readonly kind: string,
  ) {}

  get(scope: Scope, key: string): T | undefined {
    const sql = 'SELECT document FROM documents WHERE kind = ? AND place = ? AND key = ?';
    const row = this.database.first(sql, this.kind, placeKey(scope), key);
    return row && (JSON.parse(String(row.document)) as T);
  }

  /** Stores it in place of what was there. It goes with its owner: see `removeOwned`. */
  put(scope: Scope, key: string, document: T, owner?: string): void {
    this.database.run(
      'INSERT OR REPLACE INTO documents (kind, place, key, owner, document) VALUES (?, ?, ?, ?, ?)',
      this.kind,
      placeKey(scope),
      key,
      owner ?? null,
      JSON.stringify(document),
    );
  }

  /** Stores it in place of what was there, with the same owner; nothing happens where nothing was there. */
  replace(scope: Scope, key: string, document: T): void {
    const sql = 'UPDATE documents SET document = ? WHERE kind = ? AND place = ? AND key = ?';
    this.database.run(sql, JSON.stringify(document), this.kind, placeKey(scope), key);
  }

  /** Whether it was there. */
  remove(scope: Scope, key: string): boolean {
    const sql = 'DELETE FROM documents WHERE kind = ? AND place = ? AND key = ?';
    return this.database.run(sql, this.kind, placeKey(scope), key) > 0;
  }

  /** In the order of their keys (by code unit). */
  list(scope: Scope, { prefix = '', after, limit = -1 }: Range = {}): { key: string; document: T }[] {
    return this.database
      .all(
        'SELECT key, document FROM documents WHERE kind = ? AND place = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?',
        this.kind,
        placeKey(scope),
        prefix,
        `${prefix}${last}`,
        after ?? '',
        limit,
      )
      .map((row) => ({ key: String(row.key), document: JSON.parse(String(row.document)) as T }));
  }

  /** Of every place: what has to be known at the start. */
  everywhere(): { scope: Scope; key: string; document: T }[] {
    return this.database
      .all('SELECT place, key, document FROM documents WHERE kind = ? ORDER BY place, key', this.kind)
      .map((row) => ({
        scope: placeOf(row.place),
        key: String(row.key),
        document: JSON.parse(String(row.document)) as T,
      }));
  }
}

/** What belongs to a function, or to one of its versions and aliases alone. */
export const functionOwner = (functionName: string, qualifier?: string): string =>
  qualifier === undefined ? `function/${functionName}` : `function/${functionName}:${qualifier}`;

/** What belongs to a version of a layer. */
export const layerOwner = (layerName: string, version: number): string => `layer/${layerName}:${version}`;

/** Removes the documents of every kind that have this owner, or one within it. */
export function removeOwned(database: Database, scope: Scope, owner: string): void {
  const sql = 'DELETE FROM documents WHERE place = ? AND (owner = ? OR (owner > ? AND owner < ?))';
  database.run(sql, placeKey(scope), owner, `${owner}:`, `${owner}:${last}`);
}

/** A function that was deployed, changed in any way, or deleted. */
export interface ChangedFunction {
  readonly scope: Scope;
  readonly functionName: string;
}

/** Which functions have been changed, by whomever, in the order of their last changes. */
export class Changes {
  constructor(private readonly database: Database) {}

  /** The number of the last one; they ascend. */
  last(): number {
    return Number(this.database.first('SELECT max(number) AS last FROM changes')?.last ?? 0);
  }

  after(number: number): ChangedFunction[] {
    return this.database
      .all('SELECT place, function FROM changes WHERE number > ? ORDER BY number', number)
      .map((row) => ({ scope: placeOf(row.place), functionName: String(row.function) }));
  }
}
