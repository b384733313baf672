import { filterOf } from '../../../src/control-plane/cloudwatch-logs/filter-pattern';

const messages = [
  'ERROR one',
  'WARN two',
  'ERROR two "quoted phrase"',
  '{"level":"ERROR","code":500,"user":{"name":"Ada Lovelace"},"tags":["a","b"],"gone":null}',
  '{"level":"INFO","code":200}',
];

const matching = (pattern: string) => {
  const filter = filterOf(pattern);
  return messages.flatMap((message, at) => (filter(message) ? [at] : []));
};

test.each([
  ['', [0, 1, 2, 3, 4]],
  ['ERROR', [0, 2, 3]],
  ['ERROR two', [2]],
  ['?WARN ?INFO', [1, 4]],
  ['ERROR -two', [0, 3]],
  ['ERROR -two -code', [0]],
  ['"quoted phrase"', [2]],
  ['"\\"code\\":5"', [3]],
  ['%E[A-Z]+R (one|)%'.replace('(one|)', 'one'), [0]],
  ['%code":[0-9]{3}%', [3, 4]],
])('terms: %j', (pattern, expected) => {
  expect(matching(pattern)).toEqual(expected);
});

test.each([
  ['{ $.level = "ERROR" }', [3]],
  ['{ $.level != "ERROR" }', [4]],
  ['{ $.level = ERROR }', [3]],
  ['{ $.level = "E*R" }', [3]],
  ['{ $.level = "*O*" }', [3, 4]],
  ['{ $.level = "E*" && $.code >= 500 }', [3]],
  ['{ $.code < 300 || $.user.name = "Ada*" }', [3, 4]],
  ['{ ($.code = 200 || $.code = 500) && ($.level = "INFO") }', [4]],
  ['{ $.tags[1] = "b" }', [3]],
  ['{ $.user["name"] = "Ada Lovelace" }', [3]],
  ['{ $.gone IS NULL }', [3]],
  ['{ $.user NOT EXISTS }', [4]],
  ['{ $.__proto__ NOT EXISTS }', [3, 4]],
])('JSON: %j', (pattern, expected) => {
  expect(matching(pattern)).toEqual(expected);
});

test.each([
  ['[a, b]', 'does not support patterns in brackets'],
  ['"open', 'cannot read "open'],
  ['%[%', 'is not a regular expression'],
  ['%(a+)+%', 'no groups and at most 3 repetitions'],
  ['%a*a*a*a*%', 'no groups and at most 3 repetitions'],
  ['{ $.a = 1', 'cannot read'],
  ['{ a = 1 }', 'cannot read'],
  ['{ $.a LIKE 1 }', 'cannot read'],
  [`{ ${'('.repeat(40)}$.a = 1${')'.repeat(40)} }`, 'cannot read'],
  ['x'.repeat(1_025), 'longer than 1024'],
])('refuses %j', (pattern, message) => {
  expect(() => filterOf(pattern)).toThrow(message);
});
