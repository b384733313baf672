import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from 'lambdock';

let lambda;

before(async () => {
  // The functions of lambdock.yaml, at a free port.
  lambda = await start();
});

after(() => lambda?.close());

test('greets by name', async () => {
  const { functionError, payload } = await lambda.invoke('hello', { name: 'Ada' });
  assert.equal(functionError, undefined);
  assert.deepEqual(payload, { message: 'Hello, Ada!' });
});
