import { callerOf } from '../../src/control-plane/caller';

const defaults = { region: 'us-east-1', accountId: '000000000000' };
const signed = (credential: string) =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=0`;

test.each([
  ['no signature', undefined, defaults],
  ['something else', 'Bearer token', defaults],
  [
    'a key that is no account',
    signed('AKIAEXAMPLE/20260101/eu-west-1/lambda/aws4_request'),
    { ...defaults, region: 'eu-west-1' },
  ],
  [
    'a key that is an account',
    signed('111122223333/20260101/us-gov-west-1/lambda/aws4_request'),
    { region: 'us-gov-west-1', accountId: '111122223333' },
  ],
  [
    'a region that is none',
    signed('111122223333/20260101/local/lambda/aws4_request'),
    { region: 'us-east-1', accountId: '111122223333' },
  ],
  ['a broken scope', signed('test'), defaults],
])('%s', (_what, authorization, expected) => {
  expect(callerOf(authorization, defaults)).toEqual(expected);
});
