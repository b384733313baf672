import { join } from 'node:path';
import { GenericContainer } from 'testcontainers';
import { RunningApp } from '../../support/app/running-app';
import { runtimeImage } from '../../support/engine/runtime-image';

jest.setTimeout(180_000);

let app: RunningApp;

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('create, wait, invoke, publish, update, list and delete with boto3, in real sandboxes', async () => {
  // The runtime's image has the boto3 of the registry in it, as Lambda's own has.
  await using container = await new GenericContainer(await runtimeImage('python3.13'))
    .withEntrypoint(['/bin/sleep'])
    .withCommand(['infinity'])
    .withNetworkMode('host')
    .withEnvironment({
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      PYTHONPATH: '/var/runtime',
    })
    .withBindMounts([
      { source: join(__dirname, '..', '..', 'fixtures', 'boto3'), target: '/script', mode: 'ro' },
    ])
    .start();
  const program = ['/var/lang/bin/python3.13', '/script/life.py', app.address];
  const { exitCode, output } = await container.exec(program);
  expect({ exitCode, said: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, said: '' });
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:scripted';
  expect(JSON.parse(output)).toEqual({
    created: ['one', 'dev', { n: 1 }],
    tags: { team: 'blue' },
    'same zip': true,
    updated: ['two', 'live', { n: 1 }],
    alias: ['one', 'dev', { n: 1 }],
    versions: ['$LATEST', '1'],
    conflict: `Alias already exists: ${arn}:live`,
    gone: `Function not found: ${arn}`,
  });
});
