import { signingKeys } from '../../../src/control-plane/auth/signing-keys';

const accountId = '000000000000';

test('without auth any signature is believed', () => {
  expect(signingKeys({ auth: 'none', keys: new Map(), accountId }, () => undefined)).toBeUndefined();
});

test('functions get a secret of their own, unless the settings have a key of their account', () => {
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  const keys = signingKeys({ auth: 'required', keys: new Map([['ID', 'secret']]), accountId }, warn);
  expect(keys?.get('ID')).toBe('secret');
  expect(keys?.get(accountId)).toMatch(/^[0-9a-f]{40}$/);
  const own = new Map([[accountId, 'mine']]);
  expect(signingKeys({ auth: 'required', keys: own, accountId }, warn)?.get(accountId)).toBe('mine');
  expect(warnings).toEqual([]);
});

test('warns if only functions can sign', () => {
  const warnings: string[] = [];
  signingKeys({ auth: 'required', keys: new Map(), accountId }, (text) => void warnings.push(text));
  expect(warnings).toEqual([expect.stringContaining('no keys are set')]);
});
