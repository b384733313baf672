import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingSources } from '../../src/settings/sources';

const root = join(__dirname, '..', '..');
const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');

/** Rows of the table below a heading of a page, cells without their back-quotes. */
function rows(text: string, heading: string): string[][] {
  const [, section = ''] = text.split(`${heading}\n`);
  return section
    .split(/^#/m, 1)
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string };
  readonly to: { readonly pathNot?: readonly string[] };
}

test('the import table of docs/architecture.md is the one that the linter enforces', () => {
  const { forbidden } = require(join(root, '.dependency-cruiser.cjs')) as { forbidden: readonly Rule[] };
  const folder = (pattern: string) =>
    pattern
      .replace(/^\^src\//, '')
      .replace(/[/$]$/, '')
      .replaceAll('\\', '');
  const held = forbidden
    .filter(({ name }) => name.startsWith('imports-of-'))
    .map(({ from, to }) => {
      const self = folder(from.path ?? '');
      const allowed = (to.pathNot ?? []).map(folder).filter((each) => each !== self);
      return [self, allowed.length === 0 ? 'no other folder' : allowed.join(', ')];
    });
  const documented = rows(page('architecture.md'), '## Imports').filter(([name]) => name !== 'app.ts');
  expect(new Map(documented.map(([name, allowed]) => [name, allowed]))).toEqual(
    new Map(held.map(([name, allowed]) => [name, allowed])),
  );
});

test('every setting is in docs/settings.md, by flag and variable', () => {
  const documented = rows(page('settings.md'), '## Flags and variables');
  const flags = documented.flatMap(([flag = '']) => flag.split(', '));
  const variables = documented.flatMap(([, variable = '']) => variable.split(', '));
  const kebab = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  expect(flags.toSorted()).toEqual(
    Object.values(settingSources)
      .map(({ flag }) => kebab(flag))
      .toSorted(),
  );
  expect(variables.toSorted()).toEqual(
    Object.values(settingSources)
      .map(({ variables: [first] }) => first)
      .toSorted(),
  );
});
