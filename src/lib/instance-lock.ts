import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'libsql';

const suffix = '.lives';

/**
 * Shows other processes with the same data folder that this one is alive. It locks a file, and the system releases the
 * lock however the process ends. Process ids would not work, since each container has its own. The lock is SQLite's,
 * which works wherever its databases do.
 */
export class InstanceLock {
  /** 16 hex digits, new with each one. */
  readonly id: string;
  readonly #folder: string;
  readonly #lock: Sqlite.Database;

  private constructor(id: string, folder: string, lock: Sqlite.Database) {
    this.id = id;
    this.#folder = folder;
    this.#lock = lock;
  }

  /** Creates the folder if needed. */
  static declare(folder: string): InstanceLock {
    mkdirSync(folder, { recursive: true });
    const id = randomBytes(8).toString('hex');
    // Locked before it gets its final name, so that others do not consider its process dead.
    const unfinished = join(folder, `.tmp-${id}`);
    const lock = locked(unfinished);
    renameSync(unfinished, join(folder, `${id}${suffix}`));
    return new InstanceLock(id, folder, lock);
  }

  /** Ids of the others that live. What dead ones have left is removed. */
  others(): ReadonlySet<string> {
    const ids = readdirSync(this.#folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
    return new Set(ids.filter((id) => id !== this.id && this.#lives(id)));
  }

  end(): void {
    this.#lock.close();
    rmSync(join(this.#folder, `${this.id}${suffix}`), { force: true });
  }

  #lives(id: string): boolean {
    const file = join(this.#folder, `${id}${suffix}`);
    try {
      locked(file).close();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return true;
      throw error;
    }
    rmSync(file, { force: true });
    return false;
  }
}

/** @throws where another has locked it (`SQLITE_BUSY`) */
function locked(file: string): Sqlite.Database {
  const connection = new Sqlite(file, { timeout: 0 });
  try {
    // Nothing is written, so no journal file appears beside it.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
