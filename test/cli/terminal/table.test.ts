import { age, table } from '../../../src/cli/terminal/table';

test('columns are as wide as their widest cell, figures stand to the right, no line ends in spaces', () => {
  const text = table(
    [
      { title: 'A', text: (row: string) => row },
      { title: 'LENGTH', text: (row) => String(row.length), alignRight: true },
      { title: 'LAST', text: (row) => row.slice(-1) },
    ],
    ['x', 'long name', ''],
  );
  expect(text).toBe(
    'A          LENGTH  LAST\nx               1  x\nlong name       9  e\n                0\n',
  );
});

test.each([
  [-1, '0s'],
  [0.9, '0s'],
  [59, '59s'],
  [60, '1m'],
  [200, '3m 20s'],
  [3_600, '1h'],
  [3_605, '1h'],
  [187_200, '2d 4h'],
])('%d seconds are %s', (seconds, words) => {
  expect(age(seconds)).toBe(words);
});
