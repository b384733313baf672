import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'libsql';
import { systemClock } from './clock';
import { systemProblem } from './system-problem';

/** What a column can hold. */
export type Value = string | number | null;

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** How long a writer waits for another one, in milliseconds; a write takes a few. */
const busyMs = 10_000;

/**
 * A commit is there some time after its last write to the log, when that is on the disk: on a slow one this may take. As
 * long as the last write is no older than this many milliseconds, its commit, or another one of the same tick of the file
 * system's clock, may still come.
 */
const commitMostMs = 10_000;

/** The database cannot be used; the message is a sentence that says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * A SQLite file. What a transaction has written is on the disk when it returns, so that it outlives this process
 * and the machine's power; what one did not finish is not there. Several processes may have the same file open:
 * writers wait for one another.
 */
export class Database {
  readonly #connection: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement<Value[]>>();
  readonly #dataVersion: Sqlite.Statement<Value[]>;
  /** Every commit goes to this file, which exists while the database is open in any process. */
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
    // After the first read, which makes it where it is not there.
    this.#writeAheadLog = openSync(`${file}-wal`, 'r');
  }

  /**
   * Opens a file, made where it is not there, and brings it up to date. A migration is SQL that is run once; the
   * list only ever grows at its end.
   * @throws {DatabaseError} where the file cannot be opened or a newer list has been run on it
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

  /** @throws {DatabaseError} here and below, where the disk or the file fails */
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
   * Whether another connection, in this process or another, has written to the file since the last call. Usually it reads
   * the time of the last write, which takes a few microseconds; `thoroughly` it does not rely on that.
   * False once the file is closed here.
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
   * Runs `work` as a transaction: all that it writes is stored, or, where it throws, nothing. No other connection writes
   * meanwhile, so what it reads stays true while it writes. A transaction within another one belongs to it.
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

  /** The version itself costs ten times as much, and is asked for before every request. */
  #mayHaveChanged(): boolean {
    // The file system's time is the machine's, whatever clock the rest is given.
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
