import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../src/settings/version';

const read = (...path: readonly string[]) => readFileSync(join(__dirname, '..', '..', ...path), 'utf8');

test('every package has the version of lambdock, whose image it starts', () => {
  expect(JSON.parse(read('packages', 'testcontainers', 'package.json')).version).toBe(version);
  expect(read('python', 'pytest-lambdock', 'pyproject.toml')).toContain(`version = "${version}"`);
});
