import { check, figure, figureText } from '../../../src/cli/scenario/figures';
import { readAssertion } from '../../../src/cli/scenario/read-assertion';
import { aRun } from '../../support/laboratory/scenario-runs';

const run = aRun();

function checked(text: string, functionName?: string) {
  const assertion = readAssertion(text, functionName);
  if (typeof assertion === 'string') throw new Error(assertion);
  return check(assertion, run);
}

test('figures are of one function, or of all', () => {
  expect(figure('requests', run)).toBe(11);
  expect(figure('requests', run, 'a')).toBe(10);
  expect(figure('cold share', run, 'a')).toBeCloseTo(2 / 9);
  expect(figure('throttles', run, 'a')).toBe(1);
  expect(figure('errors', run, 'a')).toBe(1);
  expect(figure('max environments', run)).toBe(3);
  expect(figure('max environments', run, 'b')).toBe(1);
  expect(figure('p50', run, 'a')).toBe(50);
  expect(figure('max', run, 'a')).toBe(90);
  expect(figure('init p95', run, 'a')).toBe(200);
});

test('assertions hold or fail, and say what was', () => {
  expect(checked('p95 < 90 ms', 'a')).toEqual({
    text: 'a: p95 < 90 ms',
    functionName: 'a',
    passed: false,
    actual: '90 ms',
  });
  expect(checked('p95 <= 90 ms', 'a').passed).toBe(true);
  expect(checked('cold share < 25 %', 'a')).toMatchObject({ passed: true, actual: '22.22 %' });
  expect(checked('no throttles')).toMatchObject({ passed: false, actual: '1' });
  expect(checked('max environments = 3').passed).toBe(true);
  expect(checked('max < 0.1 s').passed).toBe(true);
});

test('an assertion about what did not happen fails', () => {
  expect(checked('p95 < 5 ms', 'never called')).toMatchObject({ passed: false, actual: 'nothing' });
});

test('values have their units', () => {
  expect(figureText('p50', 12.345)).toBe('12.3 ms');
  expect(figureText('p50', 1_234.5)).toBe('1235 ms');
  expect(figureText('error share', 0.005)).toBe('0.5 %');
  expect(figureText('errors', 3)).toBe('3');
});
