import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';

jest.setTimeout(120_000);

let app: RunningApp;

beforeAll(async () => {
  const template = join(__dirname, '..', '..', 'fixtures', 'sam', 'template.yaml');
  app = await RunningApp.start({
    functions: {},
    flags: { template, spares: '0', watch: 'false' },
    keepStore: true,
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('a function of the template runs with its settings, and with the template`s own layer and the packages that it lists', async () => {
  expect((await app.invoke('orders-dev', { name: 'Ada' })).payload).toEqual({
    greeting: 'Hello, Ada',
    packages: ['six'],
    memory: '256',
    environment: {
      STAGE: 'dev',
      TABLE: 'orders',
      TICK: 'arn:aws:lambda:us-east-1:000000000000:function:Tick',
    },
  });
});

test('inline code of the template runs', async () => {
  expect((await app.invoke('Tick', { by: 3 })).payload).toEqual({ tick: 3 });
});

test('a function of a nested template runs with its parameters', async () => {
  expect((await app.invoke('Billing')).payload).toBe('Hello, dev!');
});
