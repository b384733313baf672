import {
  accountOfEnvironment,
  derivedSecret,
  newEnvironmentCredentials,
  withEnvironments,
} from '../../src/aws/environment-credentials';

test.each(['000000000000', '123456789012', '999999999999'])('of account %s', (accountId) => {
  const { accessKeyId, secretAccessKey, sessionToken } = newEnvironmentCredentials(accountId);
  expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(sessionToken.length).toBeGreaterThan(200);
  expect(accountOfEnvironment(accessKeyId)).toBe(accountId);
});

test('are of one environment alone', () => {
  const all = Array.from({ length: 100 }, () => newEnvironmentCredentials('123456789012', 'base'));
  for (const key of ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const)
    expect(new Set(all.map((each) => each[key])).size).toBe(100);
});

test('have a secret that is known from the base', () => {
  const { accessKeyId, secretAccessKey } = newEnvironmentCredentials('123456789012', 'base');
  expect(derivedSecret('base', accessKeyId)).toBe(secretAccessKey);
  expect(derivedSecret('other', accessKeyId)).not.toBe(secretAccessKey);
});

test('are among the keys of an account that has a secret', () => {
  const keys = withEnvironments(new Map([['123456789012', 'base']]));
  const { accessKeyId, secretAccessKey } = newEnvironmentCredentials('123456789012', 'base');
  expect([keys.get(accessKeyId), keys.get('123456789012')]).toEqual([secretAccessKey, 'base']);
  expect(keys.get(newEnvironmentCredentials('000000000000', 'base').accessKeyId)).toBeUndefined();
  expect(keys.get('other')).toBeUndefined();
});

test.each(['ASIAIOSFODNN7EXAMPLE', 'ASIAQQQQQQQQQQQQQQQQ', 'AKIDEXAMPLE', '123456789012', ''])(
  'does not know %j',
  (accessKeyId) => {
    expect(accountOfEnvironment(accessKeyId)).toBeUndefined();
  },
);
