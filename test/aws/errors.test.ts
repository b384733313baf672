import { LambdaError, lambdaErrors } from '../../src/aws/errors';
import { sdkErrors } from '../support/aws/sdk-schemas';

describe('the errors of the model', () => {
  const schemas = new Map(sdkErrors().map((each) => [each.name, each]));

  test.each(Object.entries(lambdaErrors))("%s is as in the SDK's schema", (code, { status, fault, key }) => {
    const schema = schemas.get(code);
    expect({
      status: schema?.traits.httpError,
      fault: schema?.traits.error === 'client' ? 'User' : 'Service',
      hasKey: schema?.members.includes(key),
      hasType: schema?.members.includes('Type'),
    }).toEqual({ status, fault, hasKey: true, hasType: true });
  });

  test('the schemas are found at all', () => {
    expect(schemas.size).toBeGreaterThan(40);
  });
});

describe('bodies', () => {
  test('have the type, the text under its key, and further members', () => {
    const error = new LambdaError('TooManyRequestsException', 'Rate Exceeded.', {
      Reason: 'CallerRateLimitExceeded',
    });
    expect([error.status, error.body()]).toEqual([
      429,
      { Reason: 'CallerRateLimitExceeded', Type: 'User', message: 'Rate Exceeded.' },
    ]);
    expect(new LambdaError('ResourceNotFoundException', 'Nothing.').body()).toEqual({
      Type: 'User',
      Message: 'Nothing.',
    });
  });

  test('some texts were recorded without a type', () => {
    const blameless = { blameless: true } as const;
    const error = new LambdaError('InvalidParameterValueException', 'Too much.', {}, blameless);
    expect(error.body()).toEqual({ message: 'Too much.' });
  });

  test('errors of the layer before the service have no type', () => {
    const error = new LambdaError('ValidationException', '1 validation error detected: …');
    expect([error.status, error.body()]).toEqual([400, { message: '1 validation error detected: …' }]);
  });
});
