import { phaseTitles, waterfallOf } from '../../../src/laboratory/page/waterfall';
import { pageData } from '../../support/laboratory/page-data';

const { timeline } = pageData({ environments: 6, invocationsEach: 2, spanMs: 60_000 });
const cold = timeline.invocations.find(({ phases }) => phases.some(({ name }) => name === 'sandbox-create'));
if (!cold) throw new Error('There is no cold start.');

const ticksOf = (longestMs: number) => [0, longestMs / 2];

test('every phase has a row with its title, and the freeze has one', () => {
  const { shapes, height, title } = waterfallOf({ invocation: cold }, ticksOf);
  const texts = shapes.map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(cold.phases.map(({ name }) => phaseTitles[name])));
  expect(texts).toContain('Frozen');
  expect(shapes.filter(({ tag }) => tag === 'rect')).toHaveLength(cold.phases.length);
  expect(height).toBeGreaterThan(cold.phases.length * 20);
  expect(title).toContain('cold start: first call');
});

test('bars lie within the drawing, in the order of their times', () => {
  const { shapes, width } = waterfallOf({ invocation: cold }, ticksOf);
  const bars = shapes.filter(({ tag }) => tag === 'rect').map(({ attributes }) => attributes);
  for (const { x, width: long } of bars) expect(Number(x) + Number(long)).toBeLessThanOrEqual(width);
  const starts = bars.map(({ x }) => Number(x));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});

test('a declared delay is marked as not measured', () => {
  const delay = {
    name: 'cold-delay' as const,
    at: cold.arrivedAt,
    durationMs: 250,
    isDeclared: true as const,
  };
  const { shapes } = waterfallOf({ invocation: { ...cold, phases: [delay] } }, ticksOf);
  expect(shapes.find(({ tag }) => tag === 'rect')?.attributes.class).toBe('declared');
  expect(shapes.map(({ text }) => text)).toContain('250 ms, not measured');
});

test('the handler of an invocation that failed has the colour of errors', () => {
  const { shapes } = waterfallOf({ invocation: { ...cold, status: 'timeout' } }, ticksOf);
  const classes = shapes.filter(({ tag }) => tag === 'rect').map(({ attributes }) => attributes.class);
  expect(classes).toContain('error');
});

test('imports of a profiled start are rows below the init of the runtime', () => {
  const init = cold.phases.find(({ name }) => name === 'runtime-init');
  const imports = [
    { name: 'a.package.with.a.long.name', atMs: 10, totalMs: 20 },
    { name: 'json', atMs: 5, totalMs: 1 },
  ];
  const { shapes } = waterfallOf({ invocation: cold, profile: { imports, frames: [] } }, ticksOf);
  const texts = shapes.map(({ text }) => text);
  const at = texts.indexOf('Runtime init');
  expect(init).toBeDefined();
  expect(texts.slice(at).filter((text) => text?.startsWith('import '))).toEqual([
    'import json',
    'import a.package.with.a.lo…',
  ]);
});
