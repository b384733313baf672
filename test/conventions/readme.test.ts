import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingSources } from '../../src/settings';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Rows of the table below a heading, cells without their back-quotes. */
function rows(heading: string): string[][] {
  const [, section = ''] = readme.split(`${heading}\n`);
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

test('the import table of the README is the one that the linter holds', () => {
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
  const told = rows('### The source').filter(([name]) => name !== 'app.ts');
  expect(new Map(told.map(([name, allowed]) => [name, allowed]))).toEqual(
    new Map(held.map(([name, allowed]) => [name, allowed])),
  );
});

test('every setting is in the README, by flag and variable', () => {
  const told = rows(
    'Settings can also be given as flags or variables; flags go before variables, these before the file:',
  );
  const flags = told.flatMap(([flag = '']) => flag.split(', '));
  const variables = told.flatMap(([, variable = '']) => variable.split(', '));
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
