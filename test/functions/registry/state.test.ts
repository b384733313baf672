import { join } from 'node:path';
import {
  Changes,
  Documents,
  functionOwner,
  openState,
  removeOwned,
} from '../../../src/functions/registry/state';
import { Database } from '../../../src/lib/database';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const here = { region: 'us-east-1', accountId: '000000000000' };
const there = { region: 'eu-west-1', accountId: '000000000000' };

let folder: TemporaryFolder;
let database: Database;
let notes: Documents<{ text: string }>;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  database = openState(folder.path);
  notes = new Documents(database, 'note');
});

afterEach(async () => {
  database.close();
  await folder[Symbol.asyncDispose]();
});

const keys = (scope = here) => notes.list(scope).map(({ key }) => key);

test('a document is found under its kind, place and key, and replaced by the next', () => {
  notes.put(here, 'a', { text: 'one' });
  notes.put(here, 'a', { text: 'two' });
  expect(notes.get(here, 'a')).toEqual({ text: 'two' });
  expect(notes.get(there, 'a')).toBeUndefined();
  expect(new Documents(database, 'other').get(here, 'a')).toBeUndefined();
  expect(notes.everywhere()).toEqual([{ scope: here, key: 'a', document: { text: 'two' } }]);
  expect([notes.remove(here, 'a'), notes.remove(here, 'a')]).toEqual([true, false]);
});

test('a list goes by key, from behind one, with a prefix, up to a limit', () => {
  for (const key of ['b:2', 'a', 'b:10', 'B', 'b']) notes.put(here, key, { text: key });
  expect(keys()).toEqual(['B', 'a', 'b', 'b:10', 'b:2']);
  expect(notes.list(here, { prefix: 'b:' }).map(({ key }) => key)).toEqual(['b:10', 'b:2']);
  expect(notes.list(here, { after: 'a', limit: 2 }).map(({ key }) => key)).toEqual(['b', 'b:10']);
});

test('removes the documents of an owner and of no other', () => {
  notes.put(here, '1', { text: '' }, functionOwner('f'));
  notes.put(here, '2', { text: '' }, functionOwner('f', 'live'));
  notes.put(here, '3', { text: '' }, functionOwner('f', 'live2'));
  notes.put(here, '4', { text: '' }, functionOwner('f-2'));
  notes.put(there, '5', { text: '' }, functionOwner('f'));
  removeOwned(database, here, functionOwner('f', 'live'));
  expect(keys()).toEqual(['1', '3', '4']);
  removeOwned(database, here, functionOwner('f'));
  expect(keys()).toEqual(['4']);
  expect(keys(there)).toEqual(['5']);
});

describe('changes', () => {
  const since = (number: number) =>
    new Changes(database).after(number).map(({ scope, functionName }) => `${scope.region} ${functionName}`);

  test('notes every change of a function, and nothing else', () => {
    const changes = new Changes(database);
    const of = (kind: string) => new Documents<object>(database, kind);
    const writes: readonly (() => void)[] = [
      () => of('function').put(here, 'f', {}, functionOwner('f')),
      () => of('function').put(here, 'f', { again: true }, functionOwner('f')),
      () => of('version').put(here, 'f:0000000001', {}, functionOwner('f', '1')),
      () => of('alias').put(here, 'f:live', {}, functionOwner('f', 'live')),
      () => of('alias').replace(here, 'f:live', { moved: true }),
      () => void of('alias').remove(here, 'f:live'),
      () => of('reserved-concurrency').put(here, 'f', {}, functionOwner('f')),
      () => of('provisioned-concurrency').put(here, 'f:1', {}, functionOwner('f', '1')),
      () => removeOwned(database, here, functionOwner('f')),
    ];
    for (const write of writes) {
      const before = changes.last();
      write();
      expect(since(before)).toEqual(['us-east-1 f']);
    }
    const before = changes.last();
    of('tags').put(here, 'function:f', {}, functionOwner('f'));
    of('layer').put(here, 'f:0000000001', {});
    removeOwned(database, here, functionOwner('f'));
    expect(since(before)).toEqual([]);
  });

  test('each function is there once, where its last change was, and in its own place', () => {
    const functions = new Documents<object>(database, 'function');
    functions.put(here, 'a', {});
    functions.put(there, 'a', {});
    functions.put(here, 'b', {});
    functions.put(here, 'a', {});
    expect(since(0)).toEqual(['eu-west-1 a', 'us-east-1 b', 'us-east-1 a']);
  });

  test('a data folder of the first schema is brought up to date', () => {
    const file = join(folder.path, 'old', 'state.db');
    const old = Database.open(file, [
      `CREATE TABLE documents (kind TEXT NOT NULL, place TEXT NOT NULL, key TEXT NOT NULL, owner TEXT,
         document TEXT NOT NULL, PRIMARY KEY (kind, place, key)) STRICT, WITHOUT ROWID;
       CREATE INDEX documents_by_owner ON documents (place, owner) WHERE owner IS NOT NULL;`,
    ]);
    new Documents<object>(old, 'function').put(here, 'f', { kept: true });
    old.close();
    const now = openState(join(folder.path, 'old'));
    const functions = new Documents<object>(now, 'function');
    expect(functions.get(here, 'f')).toEqual({ kept: true });
    functions.replace(here, 'f', {});
    expect(new Changes(now).after(0)).toEqual([{ scope: here, functionName: 'f' }]);
    now.close();
  });
});

test('names the section of merged layers in records of earlier versions', () => {
  const layers = { section: 'opt', hash: 'abc' };
  const settings = { description: '"opt":{"shelf":"opt"}', opt: layers };
  const functions = new Documents<{ settings: object }>(database, 'function');
  functions.put(here, 'hello', { settings: { ...settings, opt: { shelf: 'opt', hash: 'abc' } } });
  database.run('PRAGMA user_version = 4');
  database.close();
  database = openState(folder.path);
  expect(new Documents(database, 'function').get(here, 'hello')).toEqual({ settings });
});
