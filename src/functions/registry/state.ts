import { join } from 'node:path';
import { Database } from '../../lib/database';

/** Account and region of a deployment. Each account and region sees only its own deployments. */
export interface Scope {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

export const isSameScope = (one: Scope, other: Scope): boolean =>
  one.region === other.region && one.accountId === other.accountId;

/** Kinds of documents that belong to a function and that every lambdock keeps in memory. */
const followed = "'function', 'version', 'alias', 'reserved-concurrency', 'provisioned-concurrency'";

/** Records a change of the document's function; the document's key begins with the function's name. */
const noteChange = (event: string, row: 'NEW' | 'OLD') =>
  `CREATE TRIGGER note_${event.toLowerCase()} AFTER ${event} ON documents WHEN ${row}.kind IN (${followed}) BEGIN
     INSERT OR REPLACE INTO changes (place, function, number) VALUES (
       ${row}.place,
       substr(${row}.key, 1, instr(${row}.key || ':', ':') - 1),
       (SELECT ifnull(max(number), 0) + 1 FROM changes)
     );
   END;`;

/**
 * 1. One table for all deployments: JSON documents by kind, account, region and key; removed with their owner.
 * 2. The number of each function's last change, written by triggers, so that a lambdock sees the changes of others.
 * 3. Accepted asynchronous events that have not ended, each with the run of lambdock that processes it.
 * 4. An index that finds a function URL by the id in its host name.
 * 5. Names the store's section of merged layers as the code does.
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
  // Within a JSON text quotes are escaped, so only the member itself has this form.
  `UPDATE documents SET document = replace(document, '"opt":{"shelf":', '"opt":{"section":')
   WHERE kind IN ('function', 'version');`,
];

/** Opens the database of what is deployed, in a data folder. @throws {DatabaseError} */
export function openState(dataFolder: string): Database {
  return Database.open(join(dataFolder, 'state.db'), migrations);
}

const placeKey = ({ region, accountId }: Scope) => `${region}/${accountId}`;

/** Account and region of a row of `documents`. */
export function placeOf(key: unknown): Scope {
  const [region = '', accountId = ''] = String(key).split('/');
  return { region, accountId };
}

/** Appended to a prefix, sorts after every key with that prefix. */
const last = '\u{10ffff}';

export interface Range {
  /** Only keys with this prefix. */
  readonly prefix?: string;
  /** Only keys after this one. */
  readonly after?: string;
  readonly limit?: number;
}

/**
 * The documents of one kind, e.g. `new Documents<Alias>(database, 'alias')`. Each call is a separate transaction unless
 * it is made within `database.transaction`.
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

  /** Inserts or replaces a document. `removeOwned` removes it with its owner. */
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

  /** Replaces a document and keeps its owner; does nothing if there is no such document. */
  replace(scope: Scope, key: string, document: T): void {
    const sql = 'UPDATE documents SET document = ? WHERE kind = ? AND place = ? AND key = ?';
    this.database.run(sql, JSON.stringify(document), this.kind, placeKey(scope), key);
  }

  /** Returns whether the document existed. */
  remove(scope: Scope, key: string): boolean {
    const sql = 'DELETE FROM documents WHERE kind = ? AND place = ? AND key = ?';
    return this.database.run(sql, this.kind, placeKey(scope), key) > 0;
  }

  /** Sorted by key (by code unit). */
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

  /** All documents of all accounts and regions, for the in-memory index. */
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

/** Owner key of a function's documents, or of those of one version or alias. */
export const functionOwner = (functionName: string, qualifier?: string): string =>
  qualifier === undefined ? `function/${functionName}` : `function/${functionName}:${qualifier}`;

/** Owner key of a layer version's documents. */
export const layerOwner = (layerName: string, version: number): string => `layer/${layerName}:${version}`;

/** Removes all documents with this owner or an owner within it. */
export function removeOwned(database: Database, scope: Scope, owner: string): void {
  const sql = 'DELETE FROM documents WHERE place = ? AND (owner = ? OR (owner > ? AND owner < ?))';
  database.run(sql, placeKey(scope), owner, `${owner}:`, `${owner}:${last}`);
}

/** A function that was deployed, changed or deleted. */
export interface ChangedFunction {
  readonly scope: Scope;
  readonly functionName: string;
}

/** Functions that any lambdock has changed, in the order of their last changes. */
export class Changes {
  constructor(private readonly database: Database) {}

  /** The number of the last change; numbers ascend. */
  last(): number {
    return Number(this.database.first('SELECT max(number) AS last FROM changes')?.last ?? 0);
  }

  after(number: number): ChangedFunction[] {
    return this.database
      .all('SELECT place, function FROM changes WHERE number > ? ORDER BY number', number)
      .map((row) => ({ scope: placeOf(row.place), functionName: String(row.function) }));
  }
}
