import { isFilterPattern } from '../../../src/control-plane/resources/filter-patterns';

test.each([
  '{}',
  '{"eventSource": ["aws:sqs", "aws:kinesis"]}',
  '{"body": {"id": [{"numeric": [">", 1]}, null, true, 7], "name": [{"prefix": "a"}]}}',
  '{"$or": [{"a": ["x"]}, {"b": [{"exists": false}]}]}',
])('%s filters events', (pattern) => {
  expect(isFilterPattern(pattern)).toBe(true);
});

test.each([
  '',
  'simple string',
  '"text"',
  'null',
  '[{"eventSource": ["aws:sqs"]}]',
  '{"eventSource": "aws:sqs"}',
  '{"eventSource": []}',
  '{"body": {"id": [{"unknown": 1}]}}',
  '{"body": {"id": [["nested"]]}}',
  '{"$or": [{"a": ["x"]}]}',
])('%s is no filter', (pattern) => {
  expect(isFilterPattern(pattern)).toBe(false);
});
