import { answeredTrace, traceId } from '../../src/control-plane/trace';

const now = Date.UTC(2026, 0, 1);

test('without a header a new trace begins, which nobody samples', () => {
  expect(traceId(undefined, now)).toMatch(/^Root=1-6955b900-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
});

test('what the caller said stays, what is missing is added', () => {
  const root = '1-5759e988-bd862e3fe1be46a994272793';
  expect(traceId(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1`, now)).toBe(
    `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1`,
  );
  expect(traceId(`Sampled=1; Root=${root}`, now)).toMatch(
    new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=1$`),
  );
  expect(traceId('nonsense', now)).toMatch(/^Root=1-/);
});

test('ids do not repeat, however many are asked for', () => {
  const headers = Array.from({ length: 1_000 }, () => traceId(undefined, now));
  const roots = headers.map((header) => header.slice('Root=1-6955b900-'.length, header.indexOf(';')));
  const parents = headers.map((header) =>
    header.slice(header.indexOf('Parent='), header.indexOf(';Sampled')),
  );
  expect(new Set(roots).size).toBe(1_000);
  expect(new Set(parents).size).toBe(1_000);
});

test('the caller is told of root and sampling, and of nothing else', () => {
  const root = '1-5759e988-bd862e3fe1be46a994272793';
  expect(answeredTrace(traceId(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1`, now))).toBe(
    `Root=${root};Sampled=1`,
  );
  expect(answeredTrace(traceId(undefined, now))).toMatch(/^Root=1-6955b900-[0-9a-f]{24};Sampled=0$/);
});
