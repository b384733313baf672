import { statSync } from 'node:fs';
import { errnoOf } from '../../src/lib/errno';

test('an error of the operating system has its name, others have none', () => {
  let thrown: unknown;
  try {
    statSync('/nowhere/at/all');
  } catch (error) {
    thrown = error;
  }
  expect(errnoOf(thrown)).toBe('ENOENT');
  for (const other of [new Error('x'), 'ENOENT', undefined, null, { code: 7 }])
    expect(errnoOf(other)).toBeUndefined();
});
