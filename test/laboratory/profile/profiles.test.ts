import { gzipSync } from 'node:zlib';
import { Profiles } from '../../../src/laboratory/profile/profiles';
import { aFunctionVersion } from '../../support/functions/function-versions';

const python = aFunctionVersion({ environment: { PYTHONPROFILEIMPORTTIME: '1' } });
const node = aFunctionVersion({ environment: { NODE_OPTIONS: '--import=data:LAMBDOCK_PROFILE' } });

const line = (logStream: string, text: string) => ({
  timeMs: 0,
  functionName: 'hello',
  functionVersion: '$LATEST',
  logStream,
  text,
});

test('reads what Python prints, and counts neither the interpreter nor the runtime as imports', () => {
  const profiles = new Profiles();
  profiles.made(python, 's');
  expect(profiles.of('s')).toBeUndefined();
  for (const text of [
    'import time: self [us] | cumulative | imported package',
    'import time:       900 |        900 | encodings',
    'START RequestId: 1',
    'import time:      2000 |       2000 |   json',
    'import time:       500 |       2500 | app',
  ])
    profiles.take(line('s', text));
  const { imports, frames } = profiles.of('s') ?? { imports: [], frames: [] };
  expect(imports).toEqual([{ name: 'app', atMs: expect.closeTo(0.9, 6), totalMs: 2.5 }]);
  expect(frames.map(({ name }) => name)).toEqual(['encodings', 'app']);
});

test('reads the CPU profile that Node.js prints', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: { functionName: '', url: '/var/task/node_modules/big/a.js', lineNumber: 0 } },
    ],
    samples: [1],
    timeDeltas: [3_000],
  };
  const text = gzipSync(JSON.stringify(profile)).toString('base64');
  const profiles = new Profiles();
  profiles.made(node, 's');
  profiles.take(line('s', `LAMBDOCK_PROFILE 1/1 ${text}`));
  expect(profiles.of('s')?.imports).toEqual([{ name: 'big', atMs: 0, totalMs: 3 }]);
});

test('keeps nothing of environments that print no profile, and the latest twenty of those that do', () => {
  const profiles = new Profiles();
  const printed = 'import time:       900 |        900 | json';
  profiles.made(aFunctionVersion(), 'plain');
  profiles.take(line('plain', printed));
  expect(profiles.of('plain')).toBeUndefined();
  for (let at = 0; at < 21; at += 1) {
    profiles.made(python, `s${at}`);
    profiles.take(line(`s${at}`, printed));
  }
  expect(profiles.of('s0')).toBeUndefined();
  expect(profiles.of('s20')?.imports).toHaveLength(1);
});
