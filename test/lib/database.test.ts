import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Database, DatabaseError } from '../../src/lib/database';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const first = 'CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;';
const second = 'ALTER TABLE notes ADD COLUMN stars INTEGER; UPDATE notes SET stars = 3;';

let folder: TemporaryFolder;
let file: string;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  file = join(folder.path, 'data', 'state.db');
});

afterEach(() => folder[Symbol.asyncDispose]());

const add = (database: Database, name: string) =>
  database.run('INSERT INTO notes (name, text) VALUES (?, ?)', name, 'x');
const names = (database: Database) =>
  database.all('SELECT name FROM notes ORDER BY name').map((row) => row.name);

test('a later connection sees what was written', () => {
  const one = Database.open(file, [first]);
  expect(one.run('INSERT INTO notes VALUES (?, ?)', 'ä', "it's")).toBe(1);
  one.close();
  const other = Database.open(file, [first]);
  expect(other.first('SELECT * FROM notes WHERE name = ?', 'ä')).toEqual({ name: 'ä', text: "it's" });
  expect(other.first('SELECT * FROM notes WHERE name = ?', 'b')).toBeUndefined();
  expect(other.run('DELETE FROM notes')).toBe(1);
  other.close();
});

test('runs new migrations only, and keeps earlier rows', () => {
  const old = Database.open(file, [first]);
  add(old, 'a');
  old.close();
  const now = Database.open(file, [first, second]);
  expect(now.all('SELECT * FROM notes')).toEqual([{ name: 'a', text: 'x', stars: 3 }]);
  now.close();
  const again = Database.open(file, [first, second]);
  expect(again.first('PRAGMA user_version')).toEqual({ user_version: 2 });
  again.close();
});

test('a migration that fails leaves the file as it was', () => {
  Database.open(file, [first]).close();
  expect(() => Database.open(file, [first, 'CREATE TABLE other (a TEXT); nonsense;'])).toThrow(DatabaseError);
  const database = Database.open(file, [first]);
  expect(database.all("SELECT name FROM sqlite_master WHERE type = 'table'")).toEqual([{ name: 'notes' }]);
  database.close();
});

test('refuses a file of a newer lambdock, or one that is not a database, with what to do', () => {
  Database.open(file, [first, second]).close();
  expect(() => Database.open(file, [first])).toThrow(
    /was written by a newer version of lambdock\. Use that version/,
  );
  const broken = join(folder.path, 'broken.db');
  writeFileSync(broken, 'no database at all, but long enough to have had a header'.repeat(9));
  expect(() => Database.open(broken, [first])).toThrow(
    /broken\.db is damaged and cannot be read as a database/,
  );
});

test('pages that are damaged later on are named as such', () => {
  const database = Database.open(file, [first]);
  for (let index = 0; index < 200; index += 1) add(database, `note ${index}`.padEnd(100));
  database.all('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 4_096));
  const damaged = Database.open(file, [first]);
  expect(() => names(damaged)).toThrow(/state\.db is damaged and cannot be read as a database/);
  damaged.close();
});

test('a database that is closed says that lambdock is shutting down', () => {
  const database = Database.open(file, [first]);
  database.close();
  expect(() => names(database)).toThrow('The database is closed: lambdock is shutting down.');
  expect(() => database.transaction(() => add(database, 'a'))).toThrow(DatabaseError);
});

test('a transaction that throws leaves nothing, and a nested one belongs to the outer one', () => {
  const database = Database.open(file, [first]);
  const failing = () =>
    database.transaction(() => {
      add(database, 'a');
      database.transaction(() => add(database, 'b'));
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(names(database)).toEqual([]);
  expect(database.transaction(() => add(database, 'c'))).toBe(1);
  expect(() => database.transaction(() => add(database, 'c'))).toThrow(/UNIQUE/);
  expect(names(database)).toEqual(['c']);
  database.close();
});

test("two that have it open see each other's writes", () => {
  const one = Database.open(file, [first]);
  const other = Database.open(file, [first]);
  add(one, 'a');
  add(other, 'b');
  expect([names(one), names(other)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  one.close();
  other.close();
});

test('reports writes of another connection once, and its own never', () => {
  const one = Database.open(file, [first]);
  const other = Database.open(file, [first]);
  expect([one.changedElsewhere(), other.changedElsewhere()]).toEqual([false, false]);
  add(one, 'a');
  add(one, 'b');
  expect([one.changedElsewhere(), other.changedElsewhere(), other.changedElsewhere()]).toEqual([
    false,
    true,
    false,
  ]);
  expect(() =>
    one.transaction(() => {
      add(one, 'c');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(other.changedElsewhere()).toBe(false);
  add(other, 'c');
  expect([one.changedElsewhere(), other.changedElsewhere()]).toEqual([true, false]);
  add(one, 'd');
  other.close();
  expect(other.changedElsewhere()).toBe(false);
  one.close();
});

test('a snapshot does not see what is written meanwhile, and the next one does', () => {
  const one = Database.open(file, [first]);
  const other = Database.open(file, [first]);
  add(one, 'a');
  const seen = one.snapshot(() => {
    const before = names(one);
    add(other, 'b');
    return [before, one.snapshot(() => names(one))];
  });
  expect(seen).toEqual([['a'], ['a']]);
  expect(one.snapshot(() => names(one))).toEqual(['a', 'b']);
  one.close();
  other.close();
});

/** Counts one row up, as fast as it can, in a process of its own; prints a line per transaction that has returned. */
const counter = `
  const { Database } = require(process.argv[1]);
  const database = Database.open(process.argv[2], [process.argv[3]]);
  for (let i = 0; i < Number(process.argv[4]); i++) {
    database.transaction(() => {
      const row = database.first("SELECT text FROM notes WHERE name = 'count'");
      database.run("INSERT OR REPLACE INTO notes VALUES ('count', ?)", String(Number(row?.text ?? 0) + 1));
    });
    console.log('done');
  }
`;
function count(times: number) {
  const hook = `require('module')._extensions['.ts'] = (m, f) => m._compile(require('@swc/core').transformFileSync(f, { module: { type: 'commonjs' }, jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }).code, f);`;
  const path = join(__dirname, '../../src/lib/database.ts');
  return spawn(process.execPath, ['-e', hook + counter, path, file, first, String(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: join(__dirname, '../..'),
  });
}

test('writers of two processes wait for each other: no count is lost', async () => {
  Database.open(file, [first]).close();
  const writers = [count(100), count(100)];
  const codes = await Promise.all(
    writers.map(async (each) => {
      each.stdout.resume();
      return once(each, 'exit');
    }),
  );
  expect(codes.map(([code]) => code)).toEqual([0, 0]);
  const database = Database.open(file, [first]);
  expect(database.first('SELECT text FROM notes')).toEqual({ text: '200' });
  database.close();
}, 30_000);

test('acknowledged writes survive a kill', async () => {
  const writer = count(1_000_000);
  let done = 0;
  for await (const line of createInterface(writer.stdout)) {
    if (line === 'done') done += 1;
    if (done === 25) writer.kill('SIGKILL');
  }
  const database = Database.open(file, [first]);
  expect(Number(database.first('SELECT text FROM notes')?.text)).toBeGreaterThanOrEqual(done);
  database.close();
}, 30_000);
