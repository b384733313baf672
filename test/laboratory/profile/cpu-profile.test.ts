import { gzipSync } from 'node:zlib';
import { cpuFrames, profileIn } from '../../../src/laboratory/profile/cpu-profile';

const node = (id: number, url: string, children: number[] = [], functionName = 'f') => ({
  id,
  callFrame: { functionName, url, lineNumber: 0 },
  children,
});

const profile = {
  nodes: [
    node(1, '', [2, 6], '(root)'),
    node(2, 'file:///var/runtime/index.mjs', [3]),
    node(3, 'file:///var/task/index.mjs', [4]),
    node(4, '/var/task/node_modules/@scope/big/lib/a.js', [5]),
    node(5, '/var/task/node_modules/@scope/big/lib/b.js', []),
    node(6, '', [], '(idle)'),
  ],
  samples: [3, 4, 5, 5, 6],
  timeDeltas: [1_000, 2_000, 3_000, 4_000, 5_000],
};

test('calls within one package are one frame, below the file that imported it', () => {
  expect(cpuFrames(profile)).toEqual([
    {
      name: '(runtime)',
      atMs: 0,
      totalMs: 10,
      children: [
        {
          name: 'index.mjs',
          atMs: 0,
          totalMs: 10,
          children: [{ name: '@scope/big', atMs: 1, totalMs: 9, children: [] }],
        },
      ],
    },
    { name: '(idle)', atMs: 10, totalMs: 5, children: [] },
  ]);
});

test('a profile is read from its parts in any order, and not where one is missing', () => {
  const text = gzipSync(JSON.stringify(profile)).toString('base64');
  const half = Math.ceil(text.length / 2);
  const parts = [text.slice(0, half), text.slice(half)].map(
    (data, index) => `LAMBDOCK_PROFILE ${index + 1}/2 ${data}`,
  );
  expect(profileIn(['START', ...parts.toReversed()])).toEqual(profile);
  expect(profileIn(parts.slice(1))).toBeUndefined();
  expect(profileIn(['START'])).toBeUndefined();
});
