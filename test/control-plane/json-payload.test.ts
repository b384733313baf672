import { checkedEvent } from '../../src/control-plane/json-payload';

const prefix = 'Could not parse request body into json: Could not parse payload into json: ';
const source = (line: number, column: number) =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;

test.each(['true', '1', 'null', '[1,2]', '"x"', '{"a":"ü"}', ' {} '])(
  '%s is an event, byte for byte',
  (text) => {
    expect(checkedEvent(Buffer.from(text)).toString()).toBe(text);
  },
);

test('no body is an empty object', () => {
  expect(checkedEvent(Buffer.alloc(0)).toString()).toBe('{}');
});

test.each([
  [Buffer.from([0x22, 0x87, 0x22]), `Invalid UTF-8 start byte 0x87${source(1, 3)}`],
  [
    Buffer.from('nothing'),
    `Unrecognized token 'nothing': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${source(1, 8)}`,
  ],
  [Buffer.from('{"a":1'), `Unexpected end-of-input${source(1, 7)}`],
  [Buffer.from('{\n "a": ]}'), `Unexpected character (']' (code 93))${source(2, 7)}`],
])('%j is refused in the words of the service', (body, text) => {
  expect(() => checkedEvent(body)).toThrow(
    expect.objectContaining({ code: 'InvalidRequestContentException', message: `${prefix}${text}` }),
  );
});
