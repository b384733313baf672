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

test('init has all of the CPU, and what comes after it the share', () => {
  expect(limits('boosted', ['limit'])).toEqual([1]);
});

test('a runtime that starts again has all of it too, unless that is throttled', () => {
  expect(limits('boosted', ['limit', 'reset', 'limit'])).toEqual([1, Number.POSITIVE_INFINITY, 1]);
  expect(limits('throttled', ['limit', 'reset', 'limit'])).toEqual([1]);
});

test('the engine is not asked for what is so already', () => {
  expect(limits('boosted', ['reset', 'limit', 'limit'])).toEqual([1]);
  expect(limits('throttled', ['reset', 'limit'])).toEqual([1]);
});
