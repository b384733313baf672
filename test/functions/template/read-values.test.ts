import { Notes } from '../../../src/functions/template/notes';
import { readValues } from '../../../src/functions/template/read-values';
import { plain, type Value } from '../../../src/functions/template/values';

function read(text: string): unknown {
  const notes = new Notes();
  const value = readValues(text, '/a.yaml', notes);
  return value === undefined ? notes.problems : plain(value);
}

/** What PyYAML 6 reads of each text, with scalars as text. */
test.each<[string, string, unknown]>([
  [
    'a closing brace at the indentation of its key',
    'a:\n  V: !If [X, {\n    S: [s]\n  }, !Ref Y]\nb: 1\n',
    { a: { V: { 'Fn::If': ['X', { S: ['s'] }, { Ref: 'Y' }] } }, b: '1' },
  ],
  [
    'JSON at the left margin',
    'a:\n  P: {\n"V": "1",\n"S": [{\n"E": "x"\n}]\n}\n  c: 1\n',
    { a: { P: { V: '1', S: [{ E: 'x' }] }, c: '1' } },
  ],
  [
    'brackets in a list that close less indented',
    'a:\n  - !Join ["", [\n    x, y\n  ]]\n  - z\n',
    { a: [{ 'Fn::Join': ['', ['x', 'y']] }, 'z'] },
  ],
  [
    'comments within brackets',
    'a:\n  b: [\n    x,\n# no\n    y # no\n  ]#no\n  c: 1\n',
    { a: { b: ['x', 'y'], c: '1' } },
  ],
  ['a comment right after a quote', 'a: "x"#c\nb: \'y\'#c\n', { a: 'x', b: 'y' }],
  [
    'double quotes over lines',
    'a:\n  b: "one\n two\n\n thr\\\nee"\n  c: 1\n',
    { a: { b: 'one two\nthree', c: '1' } },
  ],
  ['single quotes over lines', "a:\n  b: 'it''s\n\n\nso'\n  c: 1\n", { a: { b: "it's\n\nso", c: '1' } }],
  ['quotes over lines within brackets', 'a:\n  b: ["x [\ny", z]\n', { a: { b: ['x [ y', 'z'] } }],
  [
    'lines that end as on Windows',
    'a:\r\n  b: !If [X, {\r\n    S: 1\r\n  }, Y]\r\n',
    { a: { b: { 'Fn::If': ['X', { S: '1' }, 'Y'] } } },
  ],
  [
    'a dash alone within brackets',
    'a: !Join [-, [x, -, y-z, -1]]\nd: [-]\n',
    { a: { 'Fn::Join': ['-', ['x', '-', 'y-z', '-1']] }, d: ['-'] },
  ],
  ['lines that end as on old Macs', 'a: 1\rb: 2\r', { a: '1', b: '2' }],
  [
    'brackets and quotes that are only text, beside brackets that are not indented',
    "d: |\n  it's { [ \"\n\n  x\ne: it's\n- no: {\n}\n".replace('- no', 'no'),
    { d: 'it\'s { [ "\n\nx\n', e: "it's", no: {} },
  ],
  [
    'block scalars in a list, beside brackets that are not indented',
    'a:\n  - b: |\n      { [\n    c: {\n  }\n  - >-\n    "x\n    y\nd: 1\n',
    { a: [{ b: '{ [\n', c: {} }, '"x y'], d: '1' },
  ],
  ['keys in quotes and aliases as keys', '"a": &x b\n*x : c\n', { a: 'b', b: 'c' }],
])('reads %s', (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});

test('places are those of the text as it was written', () => {
  const notes = new Notes();
  const value = readValues('a:\n  b: [\nx,\n  y\n]\n', '/a.yaml', notes);
  const items = (value: Value | undefined, key: string) =>
    value?.kind === 'mapping' ? value.entries.get(key) : undefined;
  const list = items(items(value, 'a'), 'b');
  for (const item of list?.kind === 'list' ? list.items : []) notes.note(item.place, 'x');
  expect(notes.problems).toEqual([
    { file: '/a.yaml', line: 3, column: 1, message: 'a.b[0] x' },
    { file: '/a.yaml', line: 4, column: 3, message: 'a.b[1] x' },
  ]);
});

test.each([
  ['two keys in a line', 'a: x: y\n', 1, /second key in this line/],
  ['a bracket without an end', 'a:\n  b: [1, 2\n  c: [3]\n', 2, /Close the bracket/],
  ['a quote without an end', 'a: "x\nb: 1\n', 3, /a quote is not closed/],
  ['two tags', 'a: !Base64 !Sub x\n', 1, /two tags/],
  ['a tab', 'a:\n\tb: 1\n', 2, /a tab is used for indentation/],
  ['a reserved sign', 'a: @x\n', 1, /cannot start with this character/],
  ['an escape sequence', 'a: "C:\\dir"\n', 1, /backslash in double quotes/],
  ['bad indentation', 'a:\n  b: 1\n c: 2\n', 3, /indentation does not match/],
  ['an anchor within itself', 'a: &x [*x]\n', 1, /which is part of itself/],
  ['a list as a key', '[a]: b\n', 1, /must have text as its key/],
])('says one thing about %s', (_, text, line, message) => {
  const notes = new Notes();
  readValues(text, '/a.yaml', notes);
  expect(notes.problems).toEqual([
    expect.objectContaining({ line, message: expect.stringMatching(message) }),
  ]);
});
