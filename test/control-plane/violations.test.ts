import { boolean, fraction, list, map, oneOf, required, structure, text, whole } from '../../src/aws/shape';
import { brokenConstraints } from '../../src/control-plane/violations';

const failed = (value: string, place: string, rule: string) =>
  `Value ${value} at '${place}' failed to satisfy constraint: ${rule}`;

test.each<[string, object, object, string[]]>([
  ['nothing that may be absent', { A: text({ min: 1 }), B: whole() }, {}, []],
  [
    'something that has to be there',
    { FunctionName: required(text()) },
    {},
    [failed('null', 'functionName', 'Member must not be null')],
  ],
  [
    'a name of which only the first letter is made small',
    { KMSKeyArn: text({ max: 1 }) },
    { KMSKeyArn: 'ab' },
    [failed("'ab'", 'kMSKeyArn', 'Member must have length less than or equal to 1')],
  ],
  [
    'a text that breaks two rules',
    { A: text({ min: 1, pattern: '[a-z]+' }) },
    { A: '' },
    [
      failed("''", 'a', 'Member must have length greater than or equal to 1'),
      failed("''", 'a', 'Member must satisfy regular expression pattern: [a-z]+'),
    ],
  ],
  [
    'a pattern that matches a part only',
    { A: text({ pattern: 'a|b' }) },
    { A: 'ab' },
    [failed("'ab'", 'a', 'Member must satisfy regular expression pattern: a|b')],
  ],
  ['letters of any script', { A: text({ pattern: '([\\p{L}]*)' }) }, { A: 'Größe' }, []],
  [
    'a value that is none of the set',
    { A: oneOf('X', 'Y') },
    { A: 'Z' },
    [failed("'Z'", 'a', 'Member must satisfy enum value set: [X, Y]')],
  ],
  [
    'a number below',
    { A: whole({ min: -1 }) },
    { A: -2 },
    [failed("'-2'", 'a', 'Member must have value greater than or equal to -1')],
  ],
  [
    'a number above',
    { A: fraction({ max: 1 }) },
    { A: 1.5 },
    [failed("'1.5'", 'a', 'Member must have value less than or equal to 1.0')],
  ],
  [
    'zero, which is a number',
    { A: whole({ min: 1 }) },
    { A: 0 },
    [failed("'0'", 'a', 'Member must have value greater than or equal to 1')],
  ],
  [
    'a list that is too long',
    { A: list(text(), { max: 1 }) },
    { A: ['x', 'y'] },
    [failed("'[x, y]'", 'a', 'Member must have length less than or equal to 1')],
  ],
  [
    'a bad member of a list',
    { A: list(oneOf('x', 'z')) },
    { A: ['x', 'y'] },
    [
      failed(
        "'[x, y]'",
        'a',
        'Member must satisfy constraint: [Member must satisfy enum value set: [x, z], Member must not be null]',
      ),
    ],
  ],
  [
    'null in a list',
    { A: list(text({ max: 3 })) },
    { A: [null] },
    [
      failed(
        "'[null]'",
        'a',
        'Member must satisfy constraint: [Member must have length less than or equal to 3, Member must not be null]',
      ),
    ],
  ],
  [
    'structures in a list, one by one',
    { Filters: list(structure({ Pattern: text({ max: 1 }), On: boolean })) },
    { Filters: [{ Pattern: 'a' }, { Pattern: 'ab', On: false }] },
    [failed("'ab'", 'filters.2.member.pattern', 'Member must have length less than or equal to 1')],
  ],
  [
    'keys and values of a map',
    { A: map(text({ pattern: '[a-z]' }), text({ max: 1 }), { max: 1 }) },
    { A: { B: 'long', c: '' } },
    [
      failed("'{B=long, c=}'", 'a', 'Member must have length less than or equal to 1'),
      failed(
        "'{B=long, c=}'",
        'a',
        'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-z]]',
      ),
      failed(
        "'{B=long, c=}'",
        'a',
        'Map value must satisfy constraint: [Member must have length less than or equal to 1, Member must not be null]',
      ),
    ],
  ],
  [
    'numbers of a map, with every rule at once',
    { A: map(text({ pattern: '[0-9]+' }), fraction({ min: 0, max: 1 })) },
    { A: { 2: -1 } },
    [
      failed(
        "'{2=-1.0}'",
        'a',
        'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
      ),
    ],
  ],
  [
    'a list whose members may be null',
    { A: list(text({ pattern: 'x' }), { sparse: true }) },
    { A: ['y'] },
    [
      failed(
        "'[y]'",
        'a',
        'Member must satisfy constraint: [Member must satisfy regular expression pattern: x]',
      ),
    ],
  ],
  [
    'a pattern and values that the service writes in another way',
    { A: text({ pattern: '(a)', recorded: 'a' }), B: { ...oneOf('X'), recorded: 'X, Y' } },
    { A: 'b', B: 'Z' },
    [
      failed("'b'", 'a', 'Member must satisfy regular expression pattern: a'),
      failed("'Z'", 'b', 'Member must satisfy enum value set: [X, Y]'),
    ],
  ],
  [
    'the pattern before the length, where the service does so',
    { A: text({ max: 1, pattern: 'x', patternFirst: true }) },
    { A: 'yy' },
    [
      failed("'yy'", 'a', 'Member must satisfy regular expression pattern: x'),
      failed("'yy'", 'a', 'Member must have length less than or equal to 1'),
    ],
  ],
  [
    'members of members',
    { Code: structure({ S3Bucket: text({ min: 3 }), Inner: structure({ Size: required(whole()) }) }) },
    { Code: { S3Bucket: 'a', Inner: {} } },
    [
      failed("'a'", 'code.s3Bucket', 'Member must have length greater than or equal to 3'),
      failed('null', 'code.inner.size', 'Member must not be null'),
    ],
  ],
  [
    'a secret, which is not repeated',
    { A: text({ max: 1, sensitive: true }) },
    { A: 'secret' },
    ["Value at 'a' failed to satisfy constraint: Member must have length less than or equal to 1"],
  ],
])('%s', (_what, members, values, expected) => {
  expect(brokenConstraints({ ...members }, { ...values })).toEqual(expected);
});
