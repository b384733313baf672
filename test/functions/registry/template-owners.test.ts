import { Documents, openState } from '../../../src/functions/registry/state';
import { TemplateOwners } from '../../../src/functions/registry/template-owners';
import type { Database } from '../../../src/lib/database';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const here = { region: 'us-east-1', accountId: '000000000000' };
const there = { region: 'eu-west-1', accountId: '000000000000' };

let folder: TemporaryFolder;
let database: Database;
/** Runs that live. */
let living: Set<string>;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  database = openState(folder.path);
  living = new Set();
});

afterEach(async () => {
  database.close();
  await folder[Symbol.asyncDispose]();
});

function boot(id: string): TemplateOwners {
  living.add(id);
  return new TemplateOwners(database, id, () => new Set([...living].filter((each) => each !== id)));
}

test('a function is hosted elsewhere while another one that lives names it, in that place', () => {
  const one = boot('one');
  const other = boot('other');
  expect(one.host(here, ['a', 'both'])(here, 'a')).toBe(false);
  const elsewhere = other.host(there, ['both']);
  expect([elsewhere(here, 'a'), elsewhere(here, 'both'), elsewhere(there, 'both')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(one.host(here, [])(there, 'both')).toBe(true);
  expect(other.host(there, [])(here, 'a')).toBe(false);
});

test('forgets the functions of a lambdock that has ended', () => {
  boot('one').host(here, ['a']);
  living.delete('one');
  expect(boot('other').host(here, ['b'])(here, 'a')).toBe(false);
  expect(new Documents(database, 'hosted').everywhere().map(({ key }) => key)).toEqual(['other']);
});
