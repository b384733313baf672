import { DockerIgnore } from '../../../../src/engine/docker/images/docker-ignore';

test.each([
  ['node_modules', 'node_modules/a/b.js', true],
  ['node_modules', 'app/node_modules/a.js', false],
  ['**/node_modules', 'app/node_modules/a.js', true],
  ['**/node_modules', 'node_modules/a.js', true],
  ['*.md', 'README.md', true],
  ['*.md', 'docs/README.md', false],
  ['**/*.md', 'docs/a/README.md', true],
  ['*.md\n!README.md', 'README.md', false],
  ['!README.md\n*.md', 'README.md', true],
  ['docs\n!docs/keep', 'docs/keep/a', false],
  ['docs\n!docs/keep', 'docs/other', true],
  ['/a/./b/', 'a/b/c', true],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['a.c', 'abc', false],
  ['# *', 'x', false],
  ['  \n\n*', 'x/y', true],
  ['src/**/test', 'src/a/b/test/c', true],
  ['src/**', 'src/a', true],
  ['src/**', 'other', false],
  ['(a|b)+', 'a', false],
])('with %j the path %s is excluded: %s', (text, path, isExcluded) => {
  expect(new DockerIgnore(text).excludes(path)).toBe(isExcluded);
});

test('says whether it has exceptions', () => {
  expect(new DockerIgnore('a\n!b').hasExceptions).toBe(true);
  expect(new DockerIgnore('a\n#!b').hasExceptions).toBe(false);
});
