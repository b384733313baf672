import { answeredTrace, Traces } from '../../src/control-plane/trace';
import { aFunctionVersion } from '../support/functions/function-versions';

const now = Date.UTC(2026, 0, 1);
const root = '1-5759e988-bd862e3fe1be46a994272793';
const hello = aFunctionVersion();
const traced = aFunctionVersion({ tracing: 'Active' });

const traces = new Traces(() => now);
const header = (given: string | undefined, version = hello) => traces.begin(given, version).traceId;

test('without a header a new trace begins, which is not sampled', () => {
  expect(header(undefined)).toMatch(
    /^Root=1-6955b900-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
  );
  expect(traces.begin(undefined, hello)).not.toHaveProperty('callerSpan');
});

test("keeps the caller's fields and adds missing ones", () => {
  const given = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;
  expect(header(given)).toMatch(new RegExp(`^${given};Lineage=1:[0-9a-f]{8}:0$`));
  expect(traces.begin(given, hello).callerSpan).toBe('53995c3f42cd8ad8');
  expect(header(`Sampled=1; Root=${root}`)).toMatch(
    new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=1;Lineage=`),
  );
  expect(header('nonsense')).toMatch(/^Root=1-/);
});

test('a function that invokes itself counts in the lineage', () => {
  const first = header(undefined);
  const second = header(first);
  expect(second).toMatch(/;Lineage=1:[0-9a-f]{8}:1$/);
  expect(second.split(';', 3)).toEqual(first.split(';', 3));
});

test('with active tracing the first request of a second is sampled, and 5 % of the others', () => {
  let nowMs = now;
  let random = 0.5;
  const active = new Traces(
    () => nowMs,
    () => random,
  );
  const isSampled = () => active.begin(undefined, traced).traceId.includes(';Sampled=1;');
  expect([isSampled(), isSampled()]).toEqual([true, false]);
  random = 0.049;
  expect(isSampled()).toBe(true);
  random = 0.05;
  expect(isSampled()).toBe(false);
  nowMs += 1_000;
  expect([isSampled(), isSampled()]).toEqual([true, false]);
  const other = aFunctionVersion({ functionName: 'other', tracing: 'Active' });
  expect(active.begin(undefined, other).traceId).toContain(';Sampled=1;');
});

test('with active tracing the caller decides about sampling, and the function gets a span of its own', () => {
  const active = new Traces(() => now);
  const notSampled = active.begin(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`, traced);
  expect(notSampled.traceId).toContain(';Parent=53995c3f42cd8ad8;Sampled=0;');
  const sampled = active.begin(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`, traced);
  expect(sampled.traceId).toMatch(/;Parent=(?!53995c3f42cd8ad8)[0-9a-f]{16};Sampled=1;/);
  expect(sampled.callerSpan).toBe('53995c3f42cd8ad8');
});

test('ids do not repeat, however many are asked for', () => {
  const headers = Array.from({ length: 1_000 }, () => header(undefined));
  const roots = headers.map((each) => each.slice('Root=1-6955b900-'.length, each.indexOf(';')));
  const parents = headers.map((each) => each.slice(each.indexOf('Parent='), each.indexOf(';Sampled')));
  expect(new Set(roots).size).toBe(1_000);
  expect(new Set(parents).size).toBe(1_000);
});

test('the response has root and sampling, and nothing else', () => {
  expect(answeredTrace(header(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1`))).toBe(
    `Root=${root};Sampled=1`,
  );
  expect(answeredTrace(header(undefined))).toMatch(/^Root=1-6955b900-[0-9a-f]{24};Sampled=0$/);
});
