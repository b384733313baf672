import { basesKind, origins, parseBases } from '../../src/runtimes/bases';

test.each<readonly [string, readonly unknown[], readonly (readonly [string, string])[]]>([
  ['auto', origins, []],
  ['debian', ['debian'], []],
  ['debian, aws', ['debian', 'aws'], []],
  ['host:5000/{family}:{version} auto', [{ pattern: 'host:5000/{family}:{version}' }, ...origins], []],
  ['python3.12=mine', origins, [['python3.12', 'mine']]],
  ['nodejs22.x=a/b:1,docker-hub', ['docker-hub'], [['nodejs22.x', 'a/b:1']]],
])('reads %s', (text, sources, byRuntime) => {
  expect(parseBases(text)).toEqual({ sources, byRuntime: new Map(byRuntime) });
  expect(basesKind.read(text)).toBe(text);
});

test.each(['', 'ubuntu', 'aws;debian', 'python9=mine', 'python3.12=', 'a/b c', 'AUTO', 'a//b', 'x/{other}'])(
  'refuses "%s"',
  (text) => {
    expect(basesKind.read(text)).toBeUndefined();
  },
);
