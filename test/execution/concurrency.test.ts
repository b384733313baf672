import { Concurrency } from '../../src/execution/concurrency';
import { aFunctionVersion } from '../support/functions/function-versions';

const reserved = new Map<string, number>();
const [one, other] = [aFunctionVersion({ functionName: 'one' }), aFunctionVersion({ functionName: 'other' })];
const away = aFunctionVersion({ functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:one' });
const provisioned = new Map<string, number>();
const concurrency = () =>
  new Concurrency({ limit: 3, reserved: () => reserved, provisioned: () => provisioned });
const throttled = (Reason: string) =>
  expect.objectContaining({ code: 'TooManyRequestsException', members: { Reason } });
const account = throttled('ConcurrentInvocationLimitExceeded');
const own = throttled('ReservedFunctionConcurrentInvocationLimitExceeded');

beforeEach(() => {
  reserved.clear();
  provisioned.clear();
});

test('all functions of an account and region share its limit', () => {
  const limits = concurrency();
  const ends = [limits.admit(one), limits.admit(other), limits.admit(one)];
  expect(() => limits.admit(other)).toThrow(account);
  limits.admit(away);
  ends[0]?.();
  limits.admit(other);
  expect(() => limits.admit(one)).toThrow(account);
});

test('reserved concurrency is kept for its function, and is its limit', () => {
  reserved.set(one.functionArn, 2);
  const limits = concurrency();
  limits.admit(other);
  expect(() => limits.admit(other)).toThrow(account);
  const end = limits.admit(one);
  limits.admit(one);
  expect(() => limits.admit(one)).toThrow(own);
  end();
  limits.admit(one);
});

test('a function with zero reserved concurrency cannot run', () => {
  reserved.set(one.functionArn, 0);
  expect(() => concurrency().admit(one)).toThrow(own);
});

test('provisioned concurrency is kept for its function, which may use more', () => {
  provisioned.set(one.functionArn, 2);
  const limits = concurrency();
  const end = limits.admit(other);
  expect(() => limits.admit(other)).toThrow(account);
  limits.admit(one);
  expect(() => limits.admit(other)).toThrow(account);
  limits.admit(one);
  expect(() => limits.admit(one)).toThrow(account);
  end();
  limits.admit(one);
});

test('versions without provisioned environments share the rest of the reserved concurrency', () => {
  const published = aFunctionVersion({ functionName: 'one', version: '1' });
  reserved.set(one.functionArn, 3);
  provisioned.set(one.functionArn, 2);
  const limits = new Concurrency({
    limit: 10,
    reserved: () => reserved,
    provisioned: () => provisioned,
    isProvisioned: ({ version }) => version === '1',
  });
  const end = limits.admit(one);
  expect(() => limits.admit(one)).toThrow(own);
  limits.admit(published);
  end();
  limits.admit(one);
  provisioned.set(one.functionArn, 3);
  expect(() => limits.admit(one)).toThrow(own);
});

test('reserved concurrency includes provisioned concurrency', () => {
  reserved.set(one.functionArn, 2);
  provisioned.set(one.functionArn, 2);
  const limits = concurrency();
  limits.admit(other);
  expect(() => limits.admit(other)).toThrow(account);
});
