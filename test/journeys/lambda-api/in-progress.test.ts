import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetProvisionedConcurrencyConfigCommand,
  type LambdaClient,
  PutProvisionedConcurrencyConfigCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { deferred } from '../../../src/lib/deferred';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { arnOf, codeOf, role } from '../../support/functions/deployer';
import { failureOf } from '../../support/lib/failure';

const shared = sharedApp(() => emptyApp());
const send: LambdaClient['send'] = (command: never) => shared.client.send(command);
const settingsOf = async (FunctionName: string, says: string) => ({
  FunctionName,
  Role: role,
  Runtime: 'python3.13' as const,
  Handler: 'app.handler',
  Code: await codeOf(says),
});

test('an update is shown as in progress right after it, and a second one meets a conflict', async () => {
  await shared.deployer.create('f');
  const update = () => send(new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Timeout: 9 }));
  expect(await update()).toMatchObject({ LastUpdateStatus: 'InProgress' });
  expect(await failureOf(update())).toMatchObject({
    name: 'ResourceConflictException',
    message: `The operation cannot be performed at this time. An update is in progress for resource: ${arnOf('f')}`,
  });
  const { Configuration } = await send(new GetFunctionCommand({ FunctionName: 'f' }));
  expect(Configuration).toMatchObject({
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReasonCode: 'Creating',
  });
  await shared.deployer.updated('f');
});

test('a function is invoked right after its creation, and runs new code right after its update', async () => {
  await send(new CreateFunctionCommand(await settingsOf('fast', 'first')));
  expect(await shared.app.invoke('fast')).toMatchObject({ payload: 'first' });
  await shared.deployer.updated('fast');
  await send(new UpdateFunctionCodeCommand({ FunctionName: 'fast', ...(await codeOf('second')) }));
  const payloads: unknown[] = [];
  do payloads.push((await shared.app.invoke('fast')).payload);
  while (payloads.at(-1) !== 'second');
  const { Configuration } = await send(new GetFunctionCommand({ FunctionName: 'fast' }));
  expect([Configuration?.LastUpdateStatus, ...new Set(payloads)]).toContain('second');
});

/** A function whose runtime's image takes until `ready` is resolved. */
async function pendingFunction(pending: 'wait' | 'refuse') {
  const ready = deferred<void>();
  const own = await emptyApp({
    settings: { pending },
    equip: (engine) => {
      engine.imagesReady = ready.promise;
    },
  });
  await own.client.send(new CreateFunctionCommand(await settingsOf('slow', 'x')));
  return { own, ready };
}

test('an invocation waits for a function that is being created', async () => {
  const { own, ready } = await pendingFunction('wait');
  await using _ = own;
  const invoking = own.invoke('slow');
  await own.client.send(new GetFunctionCommand({ FunctionName: 'slow' }));
  ready.resolve();
  expect(await invoking).toMatchObject({ payload: 'x' });
});

test('with pending: refuse it meets a conflict', async () => {
  const { own, ready } = await pendingFunction('refuse');
  await using _ = own;
  const refused = await failureOf(own.invoke('slow'));
  ready.resolve();
  expect(refused).toMatchObject({
    name: 'ResourceConflictException',
    message: expect.stringMatching(/currently in the following state: Pending$/),
  });
});

test('provisioned concurrency is in progress with nothing allocated at first', async () => {
  await shared.deployer.create('warm');
  const Qualifier = await shared.deployer.publish('warm');
  const input = { FunctionName: 'warm', Qualifier };
  const begun = { Status: 'IN_PROGRESS', AllocatedProvisionedConcurrentExecutions: 0 };
  const put = new PutProvisionedConcurrencyConfigCommand({ ...input, ProvisionedConcurrentExecutions: 1 });
  expect(await send(put)).toMatchObject(begun);
  const get = () => send(new GetProvisionedConcurrencyConfigCommand(input));
  expect(await get()).toMatchObject(begun);
  let status: string | undefined;
  do status = (await get()).Status;
  while (status === 'IN_PROGRESS');
  expect(status).toBe('READY');
});

test('event source mappings are being created, disabled and updated before they are', async () => {
  const { UUID } = await send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'f',
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:jobs',
    }),
  );
  const get = async () => (await send(new GetEventSourceMappingCommand({ UUID }))).State;
  expect(await get()).toBe('Creating');
  let state: string | undefined;
  do state = await get();
  while (state === 'Creating');
  expect(state).toBe('Enabled');
  const update = (more: object) => send(new UpdateEventSourceMappingCommand({ UUID, ...more }));
  expect(await update({ Enabled: false })).toMatchObject({ State: 'Disabling' });
  expect(await update({ BatchSize: 5 })).toMatchObject({ State: 'Updating' });
  expect(await get()).toBe('Updating');
});
