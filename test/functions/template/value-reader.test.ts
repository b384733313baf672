import { Notes } from '../../../src/functions/template/notes';
import { readValues } from '../../../src/functions/template/read-values';
import { ValueReader } from '../../../src/functions/template/value-reader';
import { integer } from '../../../src/lib/kinds';

function readerOf(text: string) {
  const notes = new Notes();
  const value = readValues(text, 'some.yaml', notes);
  if (value === undefined) throw new Error('it is not valid YAML');
  const reader = new ValueReader(notes);
  const messages = () => notes.problems.map(({ message }) => message);
  return { reader, field: { key: '', value }, messages };
}

test('reads values of their kind, and notes others at their place', () => {
  const { reader, field, messages } = readerOf('{ one: 1, two: "2", three: [] }');
  const fields = reader.known(reader.fields(field) ?? [], ['one', 'two', 'three'], 'here');
  const small = integer(0, 5);
  expect(reader.value(fields.one, small)).toBe(1);
  expect(reader.value(fields.two, small)).toBeUndefined();
  expect(reader.value(fields.three, small)).toBeUndefined();
  expect(messages()).toEqual([
    expect.stringMatching(/^two must be .*, got "2"$/),
    expect.stringMatching(/^three must be .*, got a list$/),
  ]);
});

test('a name that is not known is a problem that names the nearest one', () => {
  const { reader, field, messages } = readerOf('{ onne: 1, xyz: 2 }');
  expect(reader.known(reader.fields(field) ?? [], ['one', 'two'], 'here')).toEqual({});
  expect(messages()).toEqual([
    'onne is not known here. Did you mean one?',
    'xyz is not known here. Known are one, two.',
  ]);
});
