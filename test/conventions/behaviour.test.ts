import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const page = readFileSync(join(root, 'docs/behaviour.md'), 'utf8');
const rows = [...page.matchAll(/^\| (.+) \| (.+) \| `(test\/[^`]+)` \|$/gm)].map(
  ([, what = '', source = '', test = '']) => ({
    what,
    source,
    test,
  }),
);

test('the table of behaviours has a source and a test for each', () => {
  expect(rows.length).toBeGreaterThan(25);
  expect(page.match(/^\| (?!behaviour|---)/gm)).toHaveLength(rows.length);
  for (const { source } of rows)
    expect(source).toMatch(
      /^(recorded|\[[^\]]+\]\(https:\/\/[^)]+\))(, (recorded|\[[^\]]+\]\(https:\/\/[^)]+\)))*$/,
    );
});

test('the tests that it names exist', () => {
  expect(rows.filter(({ test: path }) => !existsSync(join(root, path)))).toEqual([]);
});
