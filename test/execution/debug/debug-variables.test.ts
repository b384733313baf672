import { debugVariables } from '../../../src/execution/debug/debug-variables';
import { aFunctionVersion } from '../../support/functions/function-versions';

const zip = (runtime: string, wait = false) => {
  const code = { kind: 'zip' as const, runtime, handler: 'a.b', codeFolder: '/code', codeSha256: '' };
  return aFunctionVersion({ package: code, debug: { port: 9230, wait } });
};

test.each([
  ['nodejs22.x', false, '--inspect=127.0.0.1:9230'],
  ['nodejs22.x', true, '--inspect-wait=127.0.0.1:9230'],
  ['nodejs18.x', true, '--inspect-brk=127.0.0.1:9230'],
])('%s with wait %s is started with %s', (runtime, wait, option) => {
  expect(debugVariables(zip(runtime, wait), {})).toEqual({ NODE_OPTIONS: option });
});

test('options of the function stay', () => {
  expect(debugVariables(zip('nodejs22.x'), { NODE_OPTIONS: '--no-warnings' })).toEqual({
    NODE_OPTIONS: '--no-warnings --inspect=127.0.0.1:9230',
  });
});

test('Python starts through the wrapper of the layer, which starts the function`s own', () => {
  expect(debugVariables(zip('python3.13', true), { AWS_LAMBDA_EXEC_WRAPPER: '/opt/mine' })).toEqual({
    AWS_LAMBDA_EXEC_WRAPPER: '/opt/lambdock-debug/wrapper',
    LAMBDOCK_DEBUG_PORT: '9230',
    LAMBDOCK_DEBUG_WAIT: '1',
    LAMBDOCK_DEBUG_INNER_WRAPPER: '/opt/mine',
  });
});

test('a function that is not debugged gets none', () => {
  expect(debugVariables(aFunctionVersion(), {})).toEqual({});
});
