import fc from 'fast-check';
import { arnOf, targetOf } from '../../src/control-plane/references';

const caller = { region: 'us-east-1', accountId: '111122223333' };

const name = fc.stringMatching(/^[a-zA-Z0-9-_]{1,64}$/);
const qualifier = fc.oneof(fc.constant('$LATEST'), fc.stringMatching(/^[a-zA-Z0-9-_]{1,20}$/));

test('every form of a name means the same target, with the qualifier in it or beside it', () => {
  fc.assert(
    fc.property(name, fc.option(qualifier, { nil: undefined }), (functionName, Qualifier) => {
      const target = Qualifier === undefined ? { functionName } : { functionName, qualifier: Qualifier };
      const end = Qualifier === undefined ? '' : `:${Qualifier}`;
      const forms = [
        'function:',
        '111122223333:function:',
        'arn:aws:lambda:us-east-1:111122223333:function:',
      ];
      for (const form of forms) {
        expect(targetOf({ FunctionName: `${form}${functionName}${end}` }, caller)).toEqual(target);
        const beside = { FunctionName: `${form}${functionName}`, ...(Qualifier && { Qualifier }) };
        expect(targetOf(beside, caller)).toEqual(target);
      }
      expect(targetOf({ FunctionName: arnOf(caller, target) }, caller)).toEqual(target);
    }),
  );
});

test('a name may be longer than those that functions can have', () => {
  const long = 'a'.repeat(65);
  expect(targetOf({ FunctionName: long }, caller)).toEqual({ functionName: long });
  expect(() => targetOf({ FunctionName: 'a'.repeat(257) }, caller)).toThrow(
    /length less than or equal to 64$/,
  );
});

test('two qualifiers that differ', () => {
  expect(() => targetOf({ FunctionName: 'one:a', Qualifier: 'b' }, caller)).toThrow(
    'The derived qualifier from the function name does not match the specified qualifier.',
  );
  expect(targetOf({ FunctionName: 'one:a', Qualifier: 'a' }, caller)).toEqual({
    functionName: 'one',
    qualifier: 'a',
  });
});

test('another region is out of reach, another account forbidden', () => {
  expect(() =>
    targetOf({ FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:one' }, caller),
  ).toThrow(expect.objectContaining({ code: 'ResourceNotFoundException' }));
  expect(() => targetOf({ FunctionName: '999999999999:function:one' }, caller)).toThrow(
    expect.objectContaining({ code: 'AccessDeniedException' }),
  );
});
