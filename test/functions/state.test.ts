import { Documents, functionOwner, openState, removeOwned } from '../../src/functions/state';
import type { Database } from '../../src/lib/database';
import { TemporaryFolder } from '../support/temporary-folder';

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

const keys = (place = here) => notes.list(place).map(({ key }) => key);

test('a document is found under its kind, place and key, and replaced by the next', () => {
  notes.put(here, 'a', { text: 'one' });
  notes.put(here, 'a', { text: 'two' });
  expect(notes.get(here, 'a')).toEqual({ text: 'two' });
  expect(notes.get(there, 'a')).toBeUndefined();
  expect(new Documents(database, 'other').get(here, 'a')).toBeUndefined();
  expect(notes.everywhere()).toEqual([{ place: here, key: 'a', document: { text: 'two' } }]);
  expect([notes.remove(here, 'a'), notes.remove(here, 'a')]).toEqual([true, false]);
});

test('a list goes by key, from behind one, with a prefix, up to a limit', () => {
  for (const key of ['b:2', 'a', 'b:10', 'B', 'b']) notes.put(here, key, { text: key });
  expect(keys()).toEqual(['B', 'a', 'b', 'b:10', 'b:2']);
  expect(notes.list(here, { prefix: 'b:' }).map(({ key }) => key)).toEqual(['b:10', 'b:2']);
  expect(notes.list(here, { after: 'a', limit: 2 }).map(({ key }) => key)).toEqual(['b', 'b:10']);
});

test('what belongs to an owner goes with it, and with nobody else', () => {
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
