import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'libsql';
import { systemClock } from './clock';
import { systemProblem } from './system-problem';

/** Value of a column. */
export type Value = string | number | null;

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** How long a writer waits for another one, in milliseconds; a write takes a few milliseconds. */
const busyMs = 10_000;

/**
 * A commit becomes visible some time after its last write to the log, on a slow disk much later. While the last write
 * is at most this many milliseconds old, its commit, or another one of the same clock tick, may still follow.
 */
const commitMostMs = 10_000;

/** The database cannot be used; the message is a sentence that says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * A SQLite file. When a transaction returns, its writes are on disk and survive a crash or power loss; an unfinished
 * transaction has no effect. Several processes may open the same file: writers wait for one another.
 */
export class Database {
  readonly #connection: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement<Value[]>>();
  readonly #dataVersion: Sqlite.Statement<Value[]>;
  /** Every commit is written to this file, which exists while any process has the database open. */
  readonly #writeAheadLog: number;
  #seenVersion: Value;
  #inTransaction = false;
  #closed = false;

  private constructor(
    connection: Sqlite.Database,
    readonly file: string,
  ) {
    this.#connection = connection;
    this.#dataVersion = connection.prepare<Value[]>('PRAGMA data_version').raw();
    this.#seenVersion = this.#version();
    // After the first read, which creates the file if needed.
    this.#writeAheadLog = openSync(`${file}-wal`, 'r');
  }

  /**
   * Opens a file, creates it if needed, and runs missing migrations. A migration is SQL that runs once; new ones are
   * only appended to the list.
   * @throws {DatabaseError} if the file cannot be opened or a longer list has been run on it
   */
  static open(file: string, migrations: readonly string[]): Database {
    try {
      mkdirSync(dirname(file), { recursive: true });
      // First the time to wait: to change the journal's mode takes a lock already.
      const connection = new Sqlite(file, { timeout: busyMs });
      connection.pragma(`busy_timeout = ${busyMs}`);
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      connection.pragma('foreign_keys = ON');
      const database = new Database(connection, file);
      try {
        database.#migrate(file, migrations);
        return database;
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (cause) {
      if (cause instanceof DatabaseError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const problem = systemProblem(cause, file);
      throw new DatabaseError(
        problem ??
          `Cannot open the database ${file} (${reason}). Make it and its folder readable and writable, or move it away to start without it.`,
        { cause },
      );
    }
  }

  /** @throws {DatabaseError} if the disk or the file fails, as do the methods below */
  all(sql: string, ...values: Value[]): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...values) as Row[]);
  }

  first(sql: string, ...values: Value[]): Row | undefined {
    // The library's own `get` is slow and adds a member to the row.
    return this.all(sql, ...values)[0];
  }

  /** Writes; returns how many rows that concerned. */
  run(sql: string, ...values: Value[]): number {
    return this.#guarded(() => this.#statement(sql).run(...values).changes);
  }

  /**
   * Whether another connection, in this process or another, has written to the file since the last call. It checks the
   * time of the last write, which takes a few microseconds; with `thoroughly` it asks the database. False after
   * `close`.
   */
  changedElsewhere(thoroughly = false): boolean {
    if (this.#closed || !(thoroughly || this.#mayHaveChanged())) return false;
    const before = this.#seenVersion;
    this.#seenVersion = this.#version();
    return this.#seenVersion !== before;
  }

  /** Runs `work`, which reads, on one state of the file: what others write meanwhile it does not see. */
  snapshot<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    return this.#within('BEGIN', work);
  }

  /**
   * Runs `work` as a transaction: all its writes are stored, or none if it throws. No other connection writes
   * meanwhile. A transaction within another one is part of it.
   */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    return this.#within('BEGIN IMMEDIATE', work);
  }

  close(): void {
    this.#closed = true;
    this.#statements.clear();
    closeSync(this.#writeAheadLog);
    this.#connection.close();
  }

  /** Called before every request; reading the version itself takes ten times as long. */
  #mayHaveChanged(): boolean {
    // File times come from the machine's clock, so a clock that is passed in cannot be compared with them.
    return systemClock.now() - fstatSync(this.#writeAheadLog).mtimeMs <= commitMostMs;
  }

  #version(): Value {
    const [version = null] = this.#dataVersion.get() as unknown as readonly Value[];
    return version;
  }

  #guarded<T>(work: () => T): T {
    if (this.#closed) throw new DatabaseError('The database is closed: lambdock is shutting down.');
    try {
      return work();
    } catch (cause) {
      const problem = systemProblem(cause, this.file);
      throw problem === undefined ? cause : new DatabaseError(problem, { cause });
    }
  }

  #within<T>(begin: string, work: () => T): T {
    this.#guarded(() => this.#connection.exec(begin));
    this.#inTransaction = true;
    try {
      const result = work();
      this.#guarded(() => this.#connection.exec('COMMIT'));
      return result;
    } catch (error) {
      // A failed commit may have ended the transaction itself.
      if (!this.#closed && this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  #migrate(file: string, migrations: readonly string[]): void {
    this.transaction(() => {
      const done = Number(this.first('PRAGMA user_version')?.user_version ?? 0);
      if (done > migrations.length) {
        throw new DatabaseError(
          `${file} was written by a newer version of lambdock. Use that version, or pass another folder with --data.`,
        );
      }
      for (const sql of migrations.slice(done)) this.#connection.exec(sql);
      if (done < migrations.length) this.#connection.exec(`PRAGMA user_version = ${migrations.length}`);
    });
    // The one statement that was prepared before the tables were there.
    this.#statements.clear();
  }

  #statement(sql: string): Sqlite.Statement<Value[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare<Value[]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
