import { flameGraph } from '../../../src/cli/profile/flame-graph';

test('draws each frame as wide as its share of the time, those within it below', () => {
  const svg = flameGraph('hello <1>', [
    { name: 'app', totalMs: 75, children: [{ name: 'numpy', totalMs: 50, children: [] }] },
    { name: 'json', totalMs: 25, children: [] },
  ]);
  expect(svg).toContain('hello &lt;1&gt;: 100.0 ms');
  expect(
    [...svg.matchAll(/<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/g)].map((each) => each.slice(1)),
  ).toEqual([
    ['0.00', '40', '900.00'],
    ['0.00', '60', '600.00'],
    ['900.00', '40', '300.00'],
  ]);
  expect(svg).not.toMatch(/NaN|href/);
});

test('leaves out what is too narrow to see', () => {
  const svg = flameGraph('x', [
    { name: 'long', totalMs: 10_000, children: [] },
    { name: 'short', totalMs: 0.1, children: [] },
  ]);
  expect(svg).not.toContain('short');
});
