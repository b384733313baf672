import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../../src/cli/scenario/scenario';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(180_000);

let app: RunningApp;
let folder: TemporaryFolder;

beforeAll(async () => {
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 30,
  };
  folder = await TemporaryFolder.make();
  app = await RunningApp.start({ functions: { web: acts, nightly: acts } });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function run(text: string, ...options: string[]) {
  const [file, json] = [join(folder.path, 'scenario.yaml'), join(folder.path, 'result.json')];
  writeFileSync(file, text);
  const command = ['scenario', 'run', file, '--json', json, '--endpoint', app.address, ...options];
  const { code, stdout, stderr } = await runCommand(command);
  return { code, stdout, stderr, result: JSON.parse(readFileSync(json, 'utf8')) as RunResult };
}

test('a burst after an idle night is cold because of the night, and a night takes seconds', async () => {
  const junit = join(folder.path, 'junit.xml');
  const { code, stdout, result } = await run(
    `
phases:
  - constant: {function: web, rate: 1/s, for: 1s, event: {act: count}}
  - idle: 8h
  - burst: {function: web, requests: 6, event: {act: wait, seconds: 1}}
assertions:
  - web: cold starts = 7
  - web: max environments = 6
  - no throttles
  - web: p50 < 1 ms
`,
    '--junit',
    junit,
  );
  expect(code).toBe(1);
  expect(result.virtualMs).toBeGreaterThan(28_800_000);
  expect(result.tookMs).toBeLessThan(120_000);
  const causes = result.requests.flatMap(({ cause }) => cause ?? []);
  expect(causes).toEqual(['first-call', 'idle-expiry', ...Array.from({ length: 5 }, () => 'scale-out')]);
  expect(result.assertions.map(({ passed }) => passed)).toEqual([true, true, true, false]);
  expect(stdout).toMatch(/^FAILED {2}web: p50 < 1 ms {2}\(was \d+/m);
  expect(readFileSync(junit, 'utf8')).toContain('tests="4" failures="1"');
});

test('steady load that varies needs few environments, and the same seed sends it at the same times', async () => {
  const text = `
seed: 3
phases:
  - poisson: {function: web, rate: 10/s, for: 3s, event: {act: count}}
assertions:
  - web: error share = 0 %
  - web: cold share < 100 %
`;
  const [first, second] = [await run(text), await run(text)];
  expect(first.code).toBe(0);
  expect(second.code).toBe(0);
  const times = ({ result }: typeof first) => result.requests.map(({ atMs }) => atMs);
  expect(times(second)).toEqual(times(first));
  const other = await run(text, '--seed', '4', '--speed', '5');
  expect(times(other)).not.toEqual(times(first));
});

test('a schedule finds its function cold where its distances are longer than the idle timeout, and warm elsewhere', async () => {
  const { code, result } = await run(`
phases:
  - cron: {function: nightly, schedule: "*/30 * * * *", for: 2h, event: {act: count}}
  - cron: {function: nightly, schedule: "*/5 * * * *", for: 20m, event: {act: count}}
assertions:
  - nightly: requests = 8
  - nightly: cold starts = 5
`);
  expect(code).toBe(0);
  expect(result.requests.map(({ cause }) => cause ?? 'warm')).toEqual([
    'first-call',
    ...Array.from({ length: 4 }, () => 'idle-expiry'),
    ...Array.from({ length: 3 }, () => 'warm'),
  ]);
});

test('a scenario that names an unknown function is refused before anything is sent', async () => {
  const file = join(folder.path, 'unknown.yaml');
  writeFileSync(file, 'phases: [{burst: {function: nowhere, requests: 1}}]');
  const { code, stderr } = await runCommand(['scenario', 'run', file, '--endpoint', app.address]);
  expect(code).toBe(1);
  expect(stderr).toContain('The scenario names the function nowhere, which does not exist. Functions: ');
});
