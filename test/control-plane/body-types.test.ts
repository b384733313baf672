import {
  boolean,
  bytes,
  fraction,
  list,
  map,
  type Shape,
  structure,
  text,
  time,
  whole,
} from '../../src/aws/shape';
import { typed } from '../../src/control-plane/body-types';

test.each<[string, Shape, unknown, unknown]>([
  ['null as absent', text(), null, undefined],
  ['a text', text(), 'a', 'a'],
  ['a number', whole(), 5, 5],
  ['a fraction', fraction(), 0.5, 0.5],
  ['a time', time, 1_700_000_000.5, 1_700_000_000.5],
  ['a truth', boolean, false, false],
  ['bytes', bytes, Buffer.from([0, 255, 1]).toString('base64'), Buffer.from([0, 255, 1])],
  ['no bytes', bytes, '', Buffer.alloc(0)],
  ['a list with null in it', list(text()), ['a', null], ['a', null]],
  ['a map', map(text(), whole()), { a: 1 }, { a: 1 }],
  [
    'a structure without what it does not know',
    structure({ A: text(), B: structure({ C: whole() }) }),
    { A: 'a', B: { C: 1, D: 2 }, E: 3 },
    { A: 'a', B: { C: 1 } },
  ],
])('reads %s', (_what, shape, value, expected) => {
  expect(typed(shape, value)).toEqual(expected);
});

test.each<[Shape, unknown, string]>([
  [text(), 5, 'NUMBER_VALUE can not be converted to a String'],
  [text(), true, 'TRUE_VALUE can not be converted to a String'],
  [text(), {}, 'Start of structure or map found where not expected.'],
  [text(), [], 'Start of list found where not expected'],
  [whole(), '5', 'STRING_VALUE can not be converted to an Integer'],
  [whole(), 1.5, 'DECIMAL_VALUE can not be converted to an Integer'],
  [fraction(), '1', 'STRING_VALUE can not be converted to a Double'],
  [boolean, 'true', 'STRING_VALUE can not be converted to a Boolean'],
  [boolean, 0, 'NUMBER_VALUE can not be converted to a Boolean'],
  [time, '2026-01-01T00:00:00Z', 'STRING_VALUE can not be converted to a Timestamp'],
  [bytes, false, 'FALSE_VALUE can not be converted to a Blob'],
  [bytes, 'not base64!', 'The Base64 of a blob is not valid.'],
  [list(text()), 'a', 'Expected list or null'],
  [list(text()), {}, 'Start of structure or map found where not expected.'],
  [map(text(), text()), [], 'Start of list found where not expected'],
  [structure({}), 'a', 'Unexpected field type'],
])('refuses %j for %j', (shape, value, message) => {
  expect(() => typed(shape, value)).toThrow(
    expect.objectContaining({ code: 'SerializationException', message }),
  );
});
