import fc from 'fast-check';
import {
  formatFunctionArn,
  isAccountId,
  isFunctionName,
  isRegion,
  parseFunctionReference,
} from '../../src/aws/arn';

const letters = fc.constantFrom(...'abcXYZ019-_');
const name = fc.string({ unit: letters, minLength: 1, maxLength: 64 });
const account = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 });
const region = fc.constantFrom(
  'us-east-1',
  'eu-central-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'cn-north-1',
  'eusc-de-east-1',
);
const partition = fc.constantFrom('aws', 'aws-cn', 'aws-us-gov');
const qualifier = fc.oneof(fc.constant('$LATEST'), fc.nat().map(String), name);
const arn = fc.record(
  { partition, region, accountId: account, functionName: name, qualifier },
  { requiredKeys: ['partition', 'region', 'accountId', 'functionName'] },
);

test('a formatted ARN is parsed again', () => {
  fc.assert(
    fc.property(arn, (parts) => {
      expect(parseFunctionReference(formatFunctionArn(parts))).toEqual({
        kind: 'reference',
        form: 'arn',
        ...parts,
      });
    }),
  );
});

test('a name alone or with a qualifier is a name', () => {
  // A name that could be a leading part of an ARN is one to the API as well.
  const plain = name.filter((each) => each !== 'function' && !/^\d{12}$/.test(each) && !isRegion(each));
  fc.assert(
    fc.property(plain, fc.option(qualifier, { nil: undefined }), (functionName, each) => {
      const text = each === undefined ? functionName : `${functionName}:${each}`;
      expect(parseFunctionReference(text)).toEqual({
        kind: 'reference',
        form: 'name',
        functionName,
        ...(each !== undefined && { qualifier: each }),
      });
    }),
  );
});

test('any text is either a reference that can be put together again, or malformed', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a1:$-_.', 'function', 'arn:aws:lambda') })),
      (text) => {
        const read = parseFunctionReference(text);
        if (read.kind === 'malformed') return;
        const tail =
          read.qualifier === undefined ? read.functionName : `${read.functionName}:${read.qualifier}`;
        expect(text.endsWith(tail)).toBe(true);
      },
    ),
  );
});

test.each([
  ['hello', { form: 'name', functionName: 'hello' }],
  ['hello:$LATEST', { form: 'name', functionName: 'hello', qualifier: '$LATEST' }],
  ['hello:prod', { form: 'name', functionName: 'hello', qualifier: 'prod' }],
  ['123456789012:function:hello', { form: 'partial-arn', accountId: '123456789012', functionName: 'hello' }],
  ['function:hello:7', { form: 'partial-arn', functionName: 'hello', qualifier: '7' }],
  [
    'us-east-1:123456789012:function:hello',
    { form: 'partial-arn', region: 'us-east-1', accountId: '123456789012', functionName: 'hello' },
  ],
])('%s is read as the API reads it', (text, parts) => {
  expect(parseFunctionReference(text)).toEqual({ kind: 'reference', ...parts });
});

test.each([
  ['', 'length'],
  ['a'.repeat(257), 'length'],
  ['hello world', 'pattern'],
  ['hello:', 'pattern'],
  ['hello:$OTHER', 'pattern'],
  ['arn:aws:s3:us-east-1:123456789012:function:hello', 'pattern'],
  ['hello/../x', 'pattern'],
])('%j is malformed by its %s', (text, constraint) => {
  expect(parseFunctionReference(text)).toEqual({ kind: 'malformed', constraint });
});

test('recognises names, regions and accounts', () => {
  expect(['a', 'A-b_9', 'x'.repeat(64)].every(isFunctionName)).toBe(true);
  expect(['', 'a.b', 'a b', 'x'.repeat(65), 'a:b'].some(isFunctionName)).toBe(false);
  expect(['us-east-1', 'us-gov-west-1'].every(isRegion)).toBe(true);
  expect(['useast1', 'us-east-', 'US-EAST-1', ''].some(isRegion)).toBe(false);
  expect(isAccountId('000000000000')).toBe(true);
  expect(['12345678901', '1234567890123', '12345678901a'].some(isAccountId)).toBe(false);
});
