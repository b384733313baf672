import type { AssignedSandbox } from '../../src/execution/spares/spare';
import { sandboxParts } from '../../src/laboratory/sandbox-parts';

const taken = (coldStart: AssignedSandbox['coldStart']) =>
  ({
    coldStart,
    fillMs: 5,
    sandbox: { making: { createMs: 100, startMs: 80, gateMs: 20 } },
  }) as unknown as AssignedSandbox;

const steps = (coldStart: AssignedSandbox['coldStart'], at: number, until: number) =>
  sandboxParts(taken(coldStart), at, until).map(({ name, at: begin, durationMs }) => [
    name,
    begin,
    durationMs,
  ]);

test('a sandbox made on demand was created, started, waited for and filled', () => {
  expect(steps('on-demand', 0, 205)).toEqual([
    ['sandbox-create', 0, 100],
    ['sandbox-start', 100, 80],
    ['sandbox-gate', 180, 20],
    ['sandbox-fill', 200, 5],
  ]);
});

test('what was done before the invocation came is no part of its wait', () => {
  expect(steps('on-demand', 150, 205)).toEqual([
    ['sandbox-start', 150, 30],
    ['sandbox-gate', 180, 20],
    ['sandbox-fill', 200, 5],
  ]);
  expect(steps('spare', 0, 6)).toEqual([['sandbox-fill', 1, 5]]);
});

test('a sandbox that has its code already took no step', () => {
  expect(steps('reused', 0, 10)).toEqual([]);
  expect(steps('own-spare', 0, 10)).toEqual([]);
});
