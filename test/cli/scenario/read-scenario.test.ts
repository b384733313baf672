import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { readScenario } from '../../../src/cli/scenario/read-scenario';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const schemaText = readFileSync(join(__dirname, '../../../lambdock-scenario.schema.json'), 'utf8');
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(schemaText));

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  writeFileSync(join(folder.path, 'times.csv'), '2026-01-01T00:00:00Z\n');
  writeFileSync(join(folder.path, 'event.json'), '{"a":1}');
  writeFileSync(join(folder.path, 'broken.json'), '{');
});

afterAll(() => folder[Symbol.asyncDispose]());

function read(text: string) {
  const file = join(folder.path, 'night.yaml');
  writeFileSync(file, text);
  return readScenario(file);
}

const phase = (text: string) => `phases: [${text}]`;
const five = '{constant: {function: a, rate: 5/s, for: 1s}}';

test('reads phases with their events, and assertions', () => {
  const scenario = read(`
seed: 7
phases:
  - constant: {function: a, rate: 30/m, for: 1m 30s, event: [1]}
  - idle: 8h
  - parallel:
      - burst: {function: a, requests: 3, within: 100ms, eventFile: event.json}
      - replay: {function: b, file: times.csv}
assertions:
  - a: p95 < 0.2 s
  - no throttles
`);
  expect(scenario).toEqual({
    name: 'night',
    seed: 7,
    phases: [
      {
        kind: 'loads',
        loads: [{ functionName: 'a', event: [1], load: { kind: 'constant', rate: 0.5, forMs: 90_000 } }],
      },
      { kind: 'idle', forMs: 28_800_000 },
      {
        kind: 'loads',
        loads: [
          { functionName: 'a', event: { a: 1 }, load: { kind: 'burst', requests: 3, withinMs: 100 } },
          { functionName: 'b', event: {}, load: { kind: 'replay', file: join(folder.path, 'times.csv') } },
        ],
      },
    ],
    assertions: [
      { text: 'a: p95 < 0.2 s', functionName: 'a', metric: 'p95', operator: '<', value: 200 },
      { text: 'no throttles', metric: 'throttles', operator: '=', value: 0 },
    ],
  });
});

test('reports every problem with its place and what is allowed', () => {
  expect(() =>
    read(`
phases:
  - constant: {function: a, rate: fast, for: 10}
  - bursts: {function: a}
  - cron: {function: a, schedule: hourly, for: 1h}
  - replay: {function: a, file: nowhere.csv}
assertions:
  - a: p59 < 5 ms
  - p95 < 5 %
`),
  ).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /phases\[0\]\.constant\.rate must be a rate such as 5\/s[\s\S]*phases\[0\]\.constant\.for must be a duration[\s\S]*phases\[1\] has the unknown key bursts\. Did you mean burst\?[\s\S]*phases\[2\]\.cron\.schedule must be a cron expression[\s\S]*phases\[3\]\.replay\.file was not found: [\s\S]*assertions\[0\] must be METRIC[\s\S]*Did you mean p50\?[\s\S]*assertions\[1\] has the value "5 %", but p95 is written such as 200 ms/,
      ),
    }),
  );
});

const good = [
  phase(five),
  phase('{idle: 1d}'),
  phase('{constant: {function: a, rate: 2.5, for: 1s}}'),
  phase('{ramp: {function: a, from: 1/s, to: 100/h, for: 10m}}'),
  phase('{burst: {function: a, requests: 1}}'),
  phase('{poisson: {function: a, rate: 1 / m, for: 1h 30m}}'),
  phase('{cron: {function: a, schedule: "0-30/5,45 * 1 * 1-5", for: 1d}}'),
  phase('{replay: {function: a, file: times.csv}}'),
  phase(`{parallel: [${five}, ${five}]}`),
  `seed: 0\nname: x\nx-note: 1\n${phase(five)}`,
  `${phase(five)}\nassertions: [cold share <= 5 %, no errors, max environments=10, {a: duration p99 > 1.5 s}]`,
];

const bad = [
  'phases: []',
  'seed: 1',
  '[]',
  `name: 1.5\nphasen: []\n${phase(five)}`,
  `seed: -1\n${phase(five)}`,
  phase('{}'),
  phase('{idle: 10}'),
  phase('{idle: 1w}'),
  phase(`{idle: 1s, constant: {function: a, rate: 1, for: 1s}}`),
  phase('{constant: {rate: 1, for: 1s}}'),
  phase('{constant: {function: a, rate: -1, for: 1s}}'),
  phase('{constant: {function: a, rate: 5/d, for: 1s}}'),
  phase('{constant: {function: a, rate: 5/s}}'),
  phase('{burst: {function: a}}'),
  phase('{burst: {function: a, requests: 0}}'),
  phase('{burst: {function: a, requests: 1.5}}'),
  phase('{ramp: {function: a, from: 1, for: 1s}}'),
  phase('{parallel: [{idle: 1s}]}'),
  phase('{parallel: {}}'),
  `${phase(five)}\nassertions: p95 < 5 ms`,
  `${phase(five)}\nassertions: [5]`,
  `${phase(five)}\nassertions: [p95 is 5]`,
];

test.each(good)('the published schema and the reader accept %j', (text) => {
  expect(validate(parse(text))).toBe(true);
  expect(() => read(text)).not.toThrow();
});

test.each(bad)('the published schema and the reader refuse %j', (text) => {
  expect(validate(parse(text))).toBe(false);
  expect(() => read(text)).toThrow(/is not a valid scenario/);
});

test('names a file that is not YAML and an event that is not JSON', () => {
  expect(() => read('phases: [')).toThrow(/the file is not valid YAML: /);
  expect(() => read(phase('{burst: {function: a, requests: 1, eventFile: broken.json}}'))).toThrow(
    /eventFile is not valid JSON: .*broken\.json/,
  );
});
