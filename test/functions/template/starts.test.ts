import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { delayPresets } from '../../../src/functions/start-settings';
import { TemplateError } from '../../../src/functions/template/problems';
import { parseTemplate } from '../../../src/functions/template/template';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  mkdirSync(join(folder.path, 'app'));
});

afterAll(() => folder[Symbol.asyncDispose]());

const read = (starts: string) =>
  parseTemplate(
    `functions: { hello: { runtime: python3.13, handler: app.handler, code: app, starts: ${starts} } }`,
    join(folder.path, 'lambdock.yaml'),
  ).functions[0]?.starts;

function problem(starts: string): string {
  try {
    read(starts);
  } catch (error) {
    if (error instanceof TemplateError) return error.problems.map(({ message }) => message).join('; ');
    throw error;
  }
  return 'none';
}

test('reads spares, an idle timeout in seconds, and a constant delay', () => {
  expect(read('{ spares: 2, idleTimeout: 60, coldDelay: 150 }')).toEqual({
    spares: 2,
    idleTimeoutMs: 60_000,
    coldDelay: { distribution: { kind: 'constant', ms: 150 }, source: 'coldDelay in lambdock.yaml' },
  });
});

test('a preset brings its source along', () => {
  expect(read('{ coldDelay: microvm }')?.coldDelay).toEqual(delayPresets.microvm);
});

test('reads each distribution', () => {
  expect(read('{ coldDelay: { uniform: { min: 1, max: 2 } } }')?.coldDelay?.distribution).toEqual({
    kind: 'uniform',
    minMs: 1,
    maxMs: 2,
  });
  expect(read('{ coldDelay: { normal: { mean: 1, deviation: 2 } } }')?.coldDelay?.distribution).toEqual({
    kind: 'normal',
    meanMs: 1,
    deviationMs: 2,
  });
  expect(read('{ coldDelay: { lognormal: { median: 1, p99: 2 } } }')?.coldDelay?.distribution).toEqual({
    kind: 'lognormal',
    medianMs: 1,
    p99Ms: 2,
  });
});

test('names what is wrong with a delay, and what is allowed', () => {
  expect(problem('{ coldDelay: microvms }')).toMatch(/must be one of microvm, .* Did you mean microvm\?/);
  expect(problem('{ coldDelay: { uniform: { min: 5, max: 2 } } }')).toMatch(/must have a min of at most max/);
  expect(problem('{ coldDelay: { normal: { mean: 5 } } }')).toMatch(/must have mean and deviation/);
  expect(problem('{ coldDelay: { lognormal: { median: 9, p99: 2 } } }')).toMatch(
    /median above 0 and of at most p99/,
  );
  expect(problem('{ coldDelay: {} }')).toMatch(/must have one of uniform, normal, lognormal/);
});
