import { plainScalar } from '../../../src/functions/template/yaml-scalars';

// As CloudFormation and `sam local` were seen to give them to functions.
test.each([
  ['yes', 'true'],
  ['On', 'true'],
  ['TRUE', 'true'],
  ['NO', 'false'],
  ['off', 'false'],
  ['y', 'y'],
  ['N', 'N'],
  ['tRue', 'tRue'],
  ['12', '12'],
  ['-3', '-3'],
  ['+3', '3'],
  ['0', '0'],
  ['123456789012', '123456789012'],
  ['98765432109876543210', '98765432109876543210'],
  ['1.10', '1.1'],
  ['1.0', '1.0'],
  ['.5', '0.5'],
  ['1e3', '1e3'],
  ['1.5e+3', '1500.0'],
  ['1.2.3', '1.2.3'],
  ['2024-01-01', '2024-01-01'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  ['012345678901', '012345678901'],
  ['08', '08'],
  ['0o14', '0o14'],
  ['hello', 'hello'],
])('%s is %s', (source, text) => {
  expect(plainScalar(source)).toMatchObject({ text });
  expect(plainScalar(source)).not.toHaveProperty('isSurprising');
});

test.each([
  ['0123', '83'],
  ['-017', '-15'],
  ['0x1F', '31'],
  ['0b101', '5'],
  ['1_000', '1000'],
  ['12:30', '750'],
  ['12:30:45', '45045'],
])('%s is the number %s, which few expect', (source, text) => {
  expect(plainScalar(source)).toEqual({ type: 'number', text, isSurprising: true });
});

test.each(['', '~', 'null', 'NULL'])('%j is empty', (source) => {
  expect(plainScalar(source)).toEqual({ type: 'empty', text: undefined });
});
