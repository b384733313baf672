import { flameOf } from '../../../src/laboratory/page/flame';

test('a frame is as wide as its share of the time, and those within it are below', () => {
  const { shapes, width, title } = flameOf([
    {
      name: 'app',
      atMs: 0,
      totalMs: 75,
      children: [{ name: 'numpy', atMs: 0, totalMs: 50, children: [] }],
    },
    { name: 'json', atMs: 75, totalMs: 25, children: [] },
  ]);
  expect(width).toBe(960);
  expect(title).toBe('Imports, 100 ms');
  const boxes = shapes.filter(({ tag }) => tag === 'rect');
  expect(boxes.map(({ tip }) => tip)).toEqual(['app: 75.0 ms', 'numpy: 50.0 ms', 'json: 25.0 ms']);
  expect(boxes.map(({ attributes: { x, y, width: wide } }) => [x, y, wide])).toEqual([
    [0, 0, 719],
    [0, 22, 479],
    [720, 0, 239],
  ]);
});

test('what is too narrow to see is left out, and a name that does not fit is shortened', () => {
  const { shapes } = flameOf([
    { name: 'long', atMs: 0, totalMs: 9_900, children: [] },
    { name: 'a-name-that-does-not-fit', atMs: 9_900, totalMs: 99, children: [] },
    { name: 'short', atMs: 9_999, totalMs: 1, children: [] },
  ]);
  expect(shapes.filter(({ tag }) => tag === 'rect')).toHaveLength(2);
  expect(shapes.flatMap(({ text }) => text ?? [])).toEqual(['long']);
});
