import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { SanitizedBuild } from '../support/init/sanitized';

/** The init with AddressSanitizer and UndefinedBehaviorSanitizer, which end it at the first mistake. */

jest.setTimeout(600_000);

const run = promisify(execFile);
let build: SanitizedBuild;

beforeAll(async () => {
  build = await SanitizedBuild.make();
});

afterAll(() => build?.[Symbol.asyncDispose]());

test('the parser of commands meets 100,000 mutated inputs within their bounds', async () => {
  const { stdout } = await run(build.fuzzer, [String(Date.now()), '100000'], { timeout: 300_000 });
  const [parsed = 0, refused = 0] = (/^(\d+) parsed, (\d+) refused$/.exec(stdout.trim()) ?? [])
    .slice(1)
    .map(Number);
  expect(parsed).toBeGreaterThan(50_000);
  expect(refused).toBeGreaterThan(10_000);
});

test.each(['init', 'init-transports', 'init-as-pid1', 'handover'])(
  'the suite %s passes with sanitizers',
  async (suite) => {
    const root = resolve(__dirname, '../..');
    await run(
      process.execPath,
      // Behind `--selectProjects` the path would be another project's name.
      ['node_modules/jest/bin/jest.js', '--ci', `test/images/${suite}.test.ts`, '--selectProjects', 'engine'],
      { cwd: root, env: { ...process.env, LAMBDOCK_TEST_INIT: build.init }, maxBuffer: 2 ** 26 },
    );
  },
);
