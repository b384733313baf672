import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '../../src/control-plane/operations';
import { sdkOperations } from '../support/aws/sdk-schemas';

const root = join(__dirname, '..', '..');
const page = readFileSync(join(root, 'docs/conformance.md'), 'utf8');
const [offered = '', missing = ''] = page.split('## What is not offered');

/** Rows of an operation: its name, and the tests that its row names, as paths in the project. */
const rows = [...offered.matchAll(/^\| `(\w+)` \| .+ \| (.+) \|$/gm)].map(([, name = '', tests = '']) => ({
  name,
  tests: [...tests.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = '']) => path),
}));

test('every operation that is routed has one row, and no other has', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(routes).sort());
});

test.each(rows)('$name: the tests of its row call it with the SDK', ({ name, tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  for (const path of tests)
    expect([path, readFileSync(join(root, path), 'utf8')]).toEqual([
      path,
      expect.stringContaining(`new ${name}Command(`),
    ]);
});

test('the operations that are not offered are all others of the SDK', () => {
  const [table = ''] = missing.split('## Guesses');
  const documented = [...table.matchAll(/^\| (`.+?) \| .+ \|$/gm)].flatMap(([, names = '']) =>
    names.replaceAll('`', '').split(', '),
  );
  const others = sdkOperations()
    .map(({ name }) => name)
    .filter((name) => !(name in routes));
  expect(documented.sort()).toEqual(others.sort());
});

test('its links lead to existing files', () => {
  const links = [...page.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
