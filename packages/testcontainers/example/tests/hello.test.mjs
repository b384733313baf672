import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LambdockContainer } from '@lambdock/testcontainers';

let lambda;

before(async () => {
  lambda = await new LambdockContainer(process.env.LAMBDOCK_IMAGE)
    .withFunction('hello', {
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      code: 'hello',
      environment: { GREETING: 'Hello' },
    })
    .start();
});

after(() => lambda?.stop());

test('greets by name, and logs it', async () => {
  const { payload, functionError } = await lambda.invoke('hello', { name: 'Ada' });
  assert.equal(functionError, undefined);
  assert.deepEqual(payload, { message: 'Hello, Ada!' });
  assert.ok((await lambda.functionLogs('hello')).some((line) => line.includes('greeting Ada')));
});

test('a function that cannot be hosted fails the start with the reason', async () => {
  const broken = new LambdockContainer(process.env.LAMBDOCK_IMAGE).withFunction('broken', {
    image: 'lambdock-test/no-such-image:1',
  });
  await assert.rejects(broken.start(), /broken failed: .*no-such-image/);
});
