import {
  environmentFits,
  environmentSizeBytes,
  replaceableVariables,
  reservedVariables,
  variableNameProblem,
} from '../../src/aws/reserved-environment';

test('what Lambda sets itself is reserved', () => {
  for (const name of [
    '_HANDLER',
    'AWS_REGION',
    'AWS_LAMBDA_RUNTIME_API',
    'AWS_SESSION_TOKEN',
    'LAMBDA_TASK_ROOT',
  ]) {
    expect([name, variableNameProblem(name)]).toEqual([name, 'reserved']);
  }
});

test('what Lambda lets a function replace is free', () => {
  for (const name of replaceableVariables) {
    expect([name, variableNameProblem(name), reservedVariables.has(name)]).toEqual([name, undefined, false]);
  }
});

test.each(['A', '_A', '1A', 'A-B', 'A B', '', 'Ä1'])('%j breaks the pattern of names', (name) => {
  expect(variableNameProblem(name)).toBe('pattern');
});

test.each(['AB', 'a1', 'A_', 'AWS_LAMBDA_EXEC_WRAPPER', 'DATABASE_URL'])('%s may be set', (name) => {
  expect(variableNameProblem(name)).toBeUndefined();
});

test('variables are measured as JSON, in bytes', () => {
  expect(environmentSizeBytes({})).toBe(0);
  expect(environmentSizeBytes({ AB: 'x' })).toBe('{"AB":"x"}'.length);
  expect(environmentSizeBytes({ AB: 'ä' })).toBe('{"AB":"x"}'.length + 1);
  const frame = '{"AB":""}'.length;
  expect(environmentFits({ AB: 'x'.repeat(4096 - frame) })).toBe(true);
  expect(environmentFits({ AB: 'x'.repeat(4097 - frame) })).toBe(false);
});
