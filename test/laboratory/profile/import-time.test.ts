import { expensiveImports } from '../../../src/laboratory/profile/frames';
import { importFrames } from '../../../src/laboratory/profile/import-time';

const lines = [
  'import time: self [us] | cumulative | imported package',
  'import time:       100 |        100 |   encodings.aliases',
  'import time:       200 |        300 | encodings',
  'START RequestId: 1',
  'import time:      5000 |       5000 |     numpy.core',
  'import time:      1000 |       6000 |   numpy',
  'import time:      2000 |       2000 |   json',
  'import time:       500 |       8500 | app',
  'import time:      1000 |       1000 | late',
];

const near = (ms: number) => expect.closeTo(ms, 6);

test('an import comes behind those within it', () => {
  expect(importFrames(lines)).toEqual([
    {
      name: 'encodings',
      atMs: 0,
      totalMs: 0.3,
      children: [{ name: 'encodings.aliases', atMs: 0, totalMs: 0.1, children: [] }],
    },
    {
      name: 'app',
      atMs: near(0.3),
      totalMs: 8.5,
      children: [
        {
          name: 'numpy',
          atMs: near(0.3),
          totalMs: 6,
          children: [{ name: 'numpy.core', atMs: near(0.3), totalMs: 5, children: [] }],
        },
        { name: 'json', atMs: near(6.3), totalMs: 2, children: [] },
      ],
    },
    { name: 'late', atMs: near(8.8), totalMs: 1, children: [] },
  ]);
});

test('the most expensive imports are those outside of one another; a file of the function counts without them', () => {
  const kinds = { encodings: 'other', app: 'own' } as const;
  const found = expensiveImports(
    importFrames(lines),
    (name) => kinds[name as keyof typeof kinds] ?? 'import',
  );
  expect(found.map(({ name, totalMs }) => [name, totalMs])).toEqual([
    ['numpy', 6],
    ['json', 2],
    ['late', 1],
    ['app', 0.5],
    ['encodings.aliases', 0.1],
  ]);
});
