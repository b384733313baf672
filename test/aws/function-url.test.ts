import { formatFunctionUrl, functionUrlId } from '../../src/aws/function-url';

test('the id of a URL has 32 letters and digits and follows from the ARN', () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:hello';
  expect(functionUrlId(arn)).toMatch(/^[a-z2-7]{32}$/);
  expect(functionUrlId(arn)).toBe(functionUrlId(arn));
  expect(functionUrlId(`${arn}:live`)).not.toBe(functionUrlId(arn));
  expect(formatFunctionUrl('abc', 'eu-west-1', 9000)).toBe('http://abc.lambda-url.eu-west-1.localhost:9000/');
});
