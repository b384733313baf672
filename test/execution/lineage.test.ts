import { isLoop, lineageOf } from '../../src/execution/lineage';

const one = 'arn:aws:lambda:us-east-1:000000000000:function:one';
const two = 'arn:aws:lambda:us-east-1:000000000000:function:two';

const trace = (lineage: string) => `Root=1-0-0;Parent=0;Sampled=0;Lineage=${lineage}`;

/** The lineage after these functions, one invoking the next. */
const chain = (...functions: readonly string[]) =>
  functions.reduce<string | undefined>((lineage, each) => lineageOf(lineage, each), undefined) ?? '';

test('a chain counts how often each function was invoked before', () => {
  expect(chain(one)).toMatch(/^1:[0-9a-f]{8}:0$/);
  expect(chain(one, one, one)).toMatch(/^1:[0-9a-f]{8}:2$/);
  expect(chain(one, two, one)).toMatch(/^1:[0-9a-f]{8}:0\|1:[0-9a-f]{8}:1$/);
});

test('the seventeenth invocation of a function in a chain is a loop', () => {
  const times = (count: number) => trace(chain(...Array.from({ length: count }, () => one)));
  expect([16, 17, 30].map((count) => isLoop(times(count), one))).toEqual([false, true, true]);
  expect(isLoop(times(30), two)).toBe(false);
});

test('a loop over several functions is seen at each of them', () => {
  const round = Array.from({ length: 17 }, () => [one, two]).flat();
  expect(isLoop(trace(chain(...round)), one)).toBe(true);
  expect(isLoop(trace(chain(...round)), two)).toBe(true);
});

test('entries that are not of lambdock stay, and a chain of many functions keeps the latest', () => {
  expect(lineageOf('a:1', one)).toMatch(/^a:1\|1:[0-9a-f]{8}:0$/);
  const many = Array.from({ length: 40 }, (_, at) => `${one}-${at}`);
  expect(chain(...many).split('|')).toHaveLength(16);
});

test('a trace without a lineage is not a loop', () => {
  expect(isLoop('Root=1-0-0;Parent=0;Sampled=0', one)).toBe(false);
});
