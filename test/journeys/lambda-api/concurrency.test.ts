import { join } from 'node:path';
import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetProvisionedConcurrencyConfigCommand,
  type GetProvisionedConcurrencyConfigCommandOutput,
  ListProvisionedConcurrencyConfigsCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { deferred } from '../../../src/lib/deferred';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { gates } from '../../support/fakes/fake-code';
import { arnOf, Deployer, refusalOf } from '../../support/functions/deployer';
import { failureOf } from '../../support/lib/failure';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const shared = sharedApp(() => emptyApp());
const { send } = shared;

describe('reserved', () => {
  const reserve = (name: string, count: number) =>
    send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: count }));

  test('shows reserved concurrency until it is deleted', async () => {
    await shared.deployer.create('reserved');
    const get = new GetFunctionConcurrencyCommand({ FunctionName: 'reserved' });
    expect(await send(get)).not.toHaveProperty('ReservedConcurrentExecutions');
    expect((await reserve('reserved', 5)).ReservedConcurrentExecutions).toBe(5);
    expect((await send(get)).ReservedConcurrentExecutions).toBe(5);
    const { Concurrency } = await send(new GetFunctionCommand({ FunctionName: 'reserved' }));
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 5 });
    await send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'reserved' }));
    expect(await send(get)).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('throttles one invocation more than reserved, until one ends', async () => {
    await shared.deployer.create('narrow');
    await reserve('narrow', 1);
    const gate = deferred<void>();
    gates.set('narrow', gate.promise);
    const running = shared.app.invoke('narrow', { gate: 'narrow' });
    await shared.app.prints(/START RequestId/);
    const throttled = await failureOf(shared.app.invoke('narrow'));
    expect(throttled).toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      retryAfterSeconds: expect.stringMatching(/^\d+$/),
      $metadata: { httpStatusCode: 429 },
    });
    gate.resolve();
    await running;
    expect((await shared.app.invoke('narrow')).payload).toBe('one');
  });

  test('shares unreserved concurrency, and throttles one more for the account', async () => {
    await using own = await emptyApp({ settings: { spares: 0 } });
    const other = new Deployer(own.client);
    await other.create('reserving');
    await other.create('crowd');
    const most = { FunctionName: 'reserving', ReservedConcurrentExecutions: 900 };
    await own.client.send(new PutFunctionConcurrencyCommand(most));
    const gate = deferred<void>();
    gates.set('crowd', gate.promise);
    // The SDK has fifty connections at most.
    const path = `${own.address}/2015-03-31/functions/crowd/invocations`;
    const call = () => fetch(path, { method: 'POST', body: '{"gate":"crowd"}' });
    const running = Array.from({ length: 100 }, call);
    const busy = async () =>
      (await own.environments('crowd')).filter(({ state }) => state === 'invoking').length;
    while ((await busy()) < 100) await own.client.send(new GetFunctionCommand({ FunctionName: 'crowd' }));
    expect(await failureOf(own.invoke('crowd'))).toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ConcurrentInvocationLimitExceeded',
      retryAfterSeconds: expect.stringMatching(/^\d+$/),
      $metadata: { httpStatusCode: 429 },
    });
    expect((await own.invoke('reserving')).payload).toBe('one');
    gate.resolve();
    expect(new Set((await Promise.all(running)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await own.invoke('crowd')).payload).toBe('one');
  });

  test('zero reserved throttles every call; deleted with its function it is forgotten', async () => {
    await shared.deployer.create('stopped');
    await reserve('stopped', 0);
    expect(await failureOf(shared.app.invoke('stopped'))).toMatchObject({ name: 'TooManyRequestsException' });
    await send(new DeleteFunctionCommand({ FunctionName: 'stopped' }));
    await shared.deployer.create('stopped');
    expect((await shared.app.invoke('stopped')).payload).toBe('one');
  });

  test('refuses to reserve for versions, aliases and missing functions', async () => {
    await shared.deployer.create('whole');
    expect(await refusalOf(reserve(`${arnOf('whole')}:1`, 1))).toEqual([
      400,
      'InvalidParameterValueException',
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    ]);
    expect(await refusalOf(reserve('none', 1))).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arnOf('none')}:$LATEST`,
    ]);
  });

  test('keeps 100 unreserved', async () => {
    await shared.deployer.create('greedy');
    expect(await refusalOf(reserve('greedy', 901))).toEqual([
      400,
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ]);
  });
});

describe('provisioned', () => {
  const qualified = (name: string, Qualifier: string) => ({ FunctionName: name, Qualifier });
  const put = (name: string, qualifier: string, count: number) =>
    send(
      new PutProvisionedConcurrencyConfigCommand({
        ...qualified(name, qualifier),
        ProvisionedConcurrentExecutions: count,
      }),
    );
  const get = (name: string, qualifier: string) =>
    send(new GetProvisionedConcurrencyConfigCommand(qualified(name, qualifier)));

  /** Resolves with the first status that is no `IN_PROGRESS`, as a user's own tool waits for it. */
  async function settled(
    name: string,
    qualifier: string,
  ): Promise<GetProvisionedConcurrencyConfigCommandOutput> {
    for (;;) {
      const config = await get(name, qualifier);
      if (config.Status !== 'IN_PROGRESS') return config;
    }
  }

  test('initialises environments ahead, and marks them by AWS_LAMBDA_INITIALIZATION_TYPE', async () => {
    await shared.deployer.create('ahead', 'env AWS_LAMBDA_INITIALIZATION_TYPE');
    await shared.deployer.publish('ahead');
    const begun = await put('ahead', '1', 2);
    expect(begun).toMatchObject({
      RequestedProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
      $metadata: { httpStatusCode: 202 },
    });
    expect(await settled('ahead', '1')).toMatchObject({
      Status: 'READY',
      AllocatedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 2,
    });
    expect(await shared.app.environments('ahead')).toHaveLength(2);
    expect((await shared.app.invoke('ahead:1')).payload).toBe('provisioned-concurrency');
    expect((await shared.app.invoke('ahead')).payload).toBe('on-demand');
    await send(new DeleteProvisionedConcurrencyConfigCommand(qualified('ahead', '1')));
    expect(await refusalOf(get('ahead', '1'))).toEqual([
      404,
      'ProvisionedConcurrencyConfigNotFoundException',
      'No Provisioned Concurrency Config found for this function',
    ]);
  });

  test('they follow an alias', async () => {
    await shared.deployer.create('moving', 'one');
    await shared.deployer.publish('moving');
    await shared.deployer.update('moving', 'two');
    await shared.deployer.publish('moving');
    const live = { FunctionName: 'moving', Name: 'live' };
    await send(new CreateAliasCommand({ ...live, FunctionVersion: '1' }));
    await put('moving', 'live', 1);
    await settled('moving', 'live');
    await send(new UpdateAliasCommand({ ...live, FunctionVersion: '2' }));
    expect(await settled('moving', 'live')).toMatchObject({ Status: 'READY' });
    const initialised = async () =>
      (await shared.app.environments('moving')).filter((each) => each.version === '2');
    expect(await initialised()).toHaveLength(1);
    const { ProvisionedConcurrencyConfigs } = await send(
      new ListProvisionedConcurrencyConfigsCommand({ FunctionName: 'moving' }),
    );
    expect(ProvisionedConcurrencyConfigs).toMatchObject([
      { FunctionArn: `${arnOf('moving')}:live`, Status: 'READY' },
    ]);
    expect(await refusalOf(put('moving', '2', 1))).toEqual([
      409,
      'ResourceConflictException',
      'Version is pointed by a Provisioned Concurrency alias',
    ]);
  });

  test('reports a failed init with its code', async () => {
    await shared.deployer.create('broken', 'broken');
    await shared.deployer.publish('broken');
    await put('broken', '1', 1);
    expect(await settled('broken', '1')).toMatchObject({
      Status: 'FAILED',
      StatusReason: 'FUNCTION_ERROR_INIT_FAILURE',
      AllocatedProvisionedConcurrentExecutions: 0,
    });
  });

  test('other functions cannot use provisioned concurrency', async () => {
    await using own = await emptyApp();
    const other = new Deployer(own.client);
    await other.create('first');
    await other.publish('first');
    await own.client.send(
      new PutProvisionedConcurrencyConfigCommand({
        ...qualified('first', '1'),
        ProvisionedConcurrentExecutions: 2,
      }),
    );
    await other.create('second');
    const reserve = (ReservedConcurrentExecutions: number) =>
      own.client.send(
        new PutFunctionConcurrencyCommand({ FunctionName: 'second', ReservedConcurrentExecutions }),
      );
    expect(await refusalOf(reserve(899))).toEqual([
      400,
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ]);
    expect((await reserve(898)).ReservedConcurrentExecutions).toBe(898);
    const less = new PutFunctionConcurrencyCommand({
      FunctionName: 'first',
      ReservedConcurrentExecutions: 1,
    });
    expect((await refusalOf(own.client.send(less)))[2]).toBe(
      " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    );
  });

  test('$LATEST has no configuration to show or to delete', async () => {
    await shared.deployer.create('latest');
    const expected = [
      400,
      'InvalidParameterValueException',
      'The function resource provided must be an alias or a published version.',
    ];
    expect(await refusalOf(get('latest', '$LATEST'))).toEqual(expected);
    const remove = new DeleteProvisionedConcurrencyConfigCommand(qualified('latest', '$LATEST'));
    expect(await refusalOf(send(remove))).toEqual(expected);
  });

  test('$LATEST, and more than is reserved, are refused', async () => {
    await shared.deployer.create('choosy');
    await shared.deployer.publish('choosy');
    expect(await refusalOf(put('choosy', '$LATEST', 1))).toEqual([
      400,
      'InvalidParameterValueException',
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    ]);
    await send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'choosy', ReservedConcurrentExecutions: 1 }),
    );
    expect(await refusalOf(put('choosy', '1', 2))).toEqual([
      400,
      'InvalidParameterValueException',
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    ]);
  });
});

test('after a restart all that was reserved and provisioned is so again', async () => {
  await using folder = await TemporaryFolder.make();
  const run = () => emptyApp({ flags: { data: join(folder.path, 'data') } });
  {
    await using first = await run();
    const own = new Deployer(first.client);
    await own.create('kept');
    await own.publish('kept');
    await own.create('stopped');
    const stop = { FunctionName: 'stopped', ReservedConcurrentExecutions: 0 };
    await first.client.send(new PutFunctionConcurrencyCommand(stop));
    const ahead = { FunctionName: 'kept', Qualifier: '1', ProvisionedConcurrentExecutions: 2 };
    await first.client.send(new PutProvisionedConcurrencyConfigCommand(ahead));
  }
  await using second = await run();
  expect(await failureOf(second.invoke('stopped'))).toMatchObject({ name: 'TooManyRequestsException' });
  const get = new GetProvisionedConcurrencyConfigCommand({ FunctionName: 'kept', Qualifier: '1' });
  let status: string | undefined = 'IN_PROGRESS';
  while (status === 'IN_PROGRESS') ({ Status: status } = await second.client.send(get));
  expect(status).toBe('READY');
  expect((await second.environments('kept')).map(({ version }) => version)).toEqual(['1', '1']);
});
