import type { Sandbox } from '../../src/engine/engine';
import { CpuShare, type ResetInit } from '../../src/execution/cpu-share';

function limits(resetInit: ResetInit, steps: readonly ('limit' | 'reset')[]): readonly number[] {
  const asked: number[] = [];
  const sandbox = {
    limitCpu: async (vcpus: number) => {
      asked.push(vcpus);
    },
  } as unknown as Sandbox;
  const cpu = new CpuShare({ memoryMiB: 1_769 }, resetInit);
  for (const step of steps) void cpu[step](sandbox);
  return asked;
}

test('init has the whole CPU, and invocations have the share', () => {
  expect(limits('boosted', ['limit'])).toEqual([1]);
});

test('a repeated init has the whole CPU too, unless it is throttled', () => {
  expect(limits('boosted', ['limit', 'reset', 'limit'])).toEqual([1, Number.POSITIVE_INFINITY, 1]);
  expect(limits('throttled', ['limit', 'reset', 'limit'])).toEqual([1]);
});

test('does not ask the engine for a limit that is set already', () => {
  expect(limits('boosted', ['reset', 'limit', 'limit'])).toEqual([1]);
  expect(limits('throttled', ['reset', 'limit'])).toEqual([1]);
});
