import { expensiveImports } from '../../../src/cli/profile/frames';
import { importFrames } from '../../../src/cli/profile/import-time';

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

test('an import comes behind those within it', () => {
  expect(importFrames(lines)).toEqual([
    {
      name: 'encodings',
      totalMs: 0.3,
      children: [{ name: 'encodings.aliases', totalMs: 0.1, children: [] }],
    },
    {
      name: 'app',
      totalMs: 8.5,
      children: [
        { name: 'numpy', totalMs: 6, children: [{ name: 'numpy.core', totalMs: 5, children: [] }] },
        { name: 'json', totalMs: 2, children: [] },
      ],
    },
    { name: 'late', totalMs: 1, children: [] },
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
