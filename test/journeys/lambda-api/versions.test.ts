import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeAsyncCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { deferred } from '../../../src/lib/deferred';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { gates } from '../../support/fakes/fake-code';
import { arnOf, refusalOf } from '../../support/functions/deployer';

const shared = sharedApp(() => emptyApp());
const { send } = shared;

/** A function with versions 1 and 2, and `$LATEST` ahead of them. */
async function threefold(name: string): Promise<void> {
  await shared.deployer.create(name, 'one');
  await shared.deployer.publish(name);
  await shared.deployer.update(name, 'two');
  await shared.deployer.publish(name);
  await shared.deployer.update(name, 'latest');
}

describe('versions', () => {
  beforeAll(() => threefold('numbered'));

  test('each runs its own code and says its number', async () => {
    for (const [qualifier, payload] of [
      ['1', 'one'],
      ['2', 'two'],
      ['$LATEST', 'latest'],
    ] as const) {
      expect(await shared.app.invoke('numbered', {}, { Qualifier: qualifier })).toMatchObject({
        payload,
        executedVersion: qualifier,
      });
    }
    expect((await shared.app.invoke(`${arnOf('numbered')}:1`)).payload).toBe('one');
  });

  test('they are listed with $LATEST first, without what changes by itself', async () => {
    const { Versions } = await send(new ListVersionsByFunctionCommand({ FunctionName: 'numbered' }));
    expect(Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).toEqual([
      ['$LATEST', `${arnOf('numbered')}:$LATEST`],
      ['1', `${arnOf('numbered')}:1`],
      ['2', `${arnOf('numbered')}:2`],
    ]);
    expect(Versions?.[1]).not.toHaveProperty('State');
  });

  test('a version is returned as it was published', async () => {
    const { Configuration } = await send(
      new GetFunctionCommand({ FunctionName: 'numbered', Qualifier: '1' }),
    );
    expect(Configuration).toMatchObject({
      FunctionArn: `${arnOf('numbered')}:1`,
      Version: '1',
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect(await refusalOf(send(new GetFunctionCommand({ FunctionName: 'numbered:9' })))).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arnOf('numbered')}:9`,
    ]);
  });

  test('what has not changed is not published twice', async () => {
    await shared.deployer.create('same');
    expect([await shared.deployer.publish('same'), await shared.deployer.publish('same')]).toEqual([
      '1',
      '1',
    ]);
    await send(new UpdateFunctionConfigurationCommand({ FunctionName: 'same', MemorySize: 256 }));
    await shared.deployer.updated('same');
    expect(await shared.deployer.publish('same')).toBe('2');
  });

  test('it is in service at once, and has its own description', async () => {
    await shared.deployer.create('described', 'one', { Description: 'of the function' });
    const publish = (Description?: string) =>
      send(new PublishVersionCommand({ FunctionName: 'described', ...(Description && { Description }) }));
    const published = await publish('of the version');
    expect(published).toMatchObject({
      Version: '1',
      Description: 'of the version',
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect((await shared.app.invoke('described:1')).payload).toBe('one');
    const { RevisionId } = await send(
      new GetFunctionConfigurationCommand({ FunctionName: 'described', Qualifier: '1' }),
    );
    expect(RevisionId).toBe(published.RevisionId);
    expect(await publish('of nothing new')).toMatchObject({ Version: '1', Description: 'of the version' });
    await send(new UpdateFunctionConfigurationCommand({ FunctionName: 'described', Description: 'changed' }));
    await shared.deployer.updated('described');
    expect(await publish()).toMatchObject({ Version: '2', Description: 'changed' });
  });

  test('refuses to publish other code than the caller knows', async () => {
    const { CodeSha256 } = await shared.deployer.create('known');
    const publish = new PublishVersionCommand({ FunctionName: 'known', CodeSha256: 'other' });
    expect(await refusalOf(send(publish))).toEqual([
      400,
      'InvalidParameterValueException',
      `CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    ]);
  });

  test('its number is not given again when one is deleted', async () => {
    await threefold('lost');
    await send(new DeleteFunctionCommand({ FunctionName: 'lost', Qualifier: '2' }));
    expect((await refusalOf(shared.app.invoke('lost:2')))[0]).toBe(404);
    expect(await shared.deployer.publish('lost')).toBe('3');
    expect(await refusalOf(send(new DeleteFunctionCommand({ FunctionName: 'lost:$LATEST' })))).toEqual([
      400,
      'InvalidParameterValueException',
      '$LATEST version cannot be deleted without deleting the function.',
    ]);
  });
});

describe('aliases', () => {
  beforeAll(() => threefold('named'));

  const create = (Name: string, FunctionVersion: string, more = {}) =>
    send(new CreateAliasCommand({ FunctionName: 'named', Name, FunctionVersion, ...more }));

  test('an alias is created, returned, moved at once, and deleted', async () => {
    const created = await create('live', '1', { Description: 'what users get' });
    expect(created).toMatchObject({
      AliasArn: `${arnOf('named')}:live`,
      Name: 'live',
      FunctionVersion: '1',
      Description: 'what users get',
      $metadata: { httpStatusCode: 201 },
    });
    expect(created).not.toHaveProperty('RoutingConfig');
    expect(await shared.app.invoke('named:live')).toMatchObject({ payload: 'one', executedVersion: '1' });
    const moved = await send(
      new UpdateAliasCommand({ FunctionName: 'named', Name: 'live', FunctionVersion: '2' }),
    );
    expect(moved).toMatchObject({ FunctionVersion: '2', Description: 'what users get' });
    expect(moved.RevisionId).not.toBe(created.RevisionId);
    expect(await shared.app.invoke('named:live')).toMatchObject({ payload: 'two', executedVersion: '2' });
    const { Configuration } = await send(new GetFunctionCommand({ FunctionName: 'named:live' }));
    expect(Configuration).toMatchObject({ Version: '2', FunctionArn: `${arnOf('named')}:live` });
    await send(new DeleteAliasCommand({ FunctionName: 'named', Name: 'live' }));
    expect(await refusalOf(send(new GetAliasCommand({ FunctionName: 'named', Name: 'live' })))).toEqual([
      404,
      'ResourceNotFoundException',
      `Cannot find alias arn: ${arnOf('named')}:live`,
    ]);
  });

  test('weights share invocations out', async () => {
    await create('canary', '1', { RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } } });
    const seen = new Set<unknown>();
    for (let i = 0; i < 60; i++) seen.add((await shared.app.invoke('named:canary')).executedVersion);
    expect([...seen].sort()).toEqual(['1', '2']);
    const { RoutingConfig } = await send(new GetAliasCommand({ FunctionName: 'named', Name: 'canary' }));
    expect(RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 0.5 } });
    const cleared = await send(
      new UpdateAliasCommand({
        FunctionName: 'named',
        Name: 'canary',
        RoutingConfig: { AdditionalVersionWeights: {} },
      }),
    );
    expect(cleared).not.toHaveProperty('RoutingConfig');
  });

  test('a version that one points to cannot be deleted; they are listed by version', async () => {
    await create('a', '2');
    await create('b', '1');
    const deletion = send(new DeleteFunctionCommand({ FunctionName: 'named', Qualifier: '2' }));
    expect(await refusalOf(deletion)).toEqual([
      409,
      'ResourceConflictException',
      'Unable to delete version because the following aliases reference it: [a]',
    ]);
    const list = new ListAliasesCommand({ FunctionName: 'named', FunctionVersion: '2' });
    expect((await send(list)).Aliases?.map(({ Name }) => Name)).toEqual(['a']);
  });

  test.each<[string, string, string, object, [number, string, string]]>([
    [
      'a name that is taken',
      'taken',
      '1',
      {},
      [409, 'ResourceConflictException', `Alias already exists: ${arnOf('named')}:taken`],
    ],
    [
      'no such version',
      'x',
      '9',
      {},
      [404, 'ResourceNotFoundException', `Function not found: ${arnOf('named')}:9`],
    ],
    [
      'weights for $LATEST',
      'x',
      '$LATEST',
      { RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } },
      [
        400,
        'InvalidParameterValueException',
        '$LATEST is not supported for an alias pointing to more than 1 version',
      ],
    ],
    [
      'weights for itself',
      'x',
      '1',
      { RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } },
      [
        400,
        'InvalidParameterValueException',
        'Invalid function version 1. Function version 1 is already included in routing configuration.',
      ],
    ],
  ])('%s is refused', async (_name, alias, version, more, expected) => {
    if (alias === 'taken') await create('taken', '1');
    expect(await refusalOf(create(alias, version, more))).toEqual(expected);
  });

  test('a URL of a missing function', async () => {
    const alias = new CreateAliasCommand({ FunctionName: 'none', Name: 'live', FunctionVersion: '1' });
    expect(await refusalOf(send(alias))).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arnOf('none')}:1`,
    ]);
  });

  test('an update of one that is not there', async () => {
    const update = new UpdateAliasCommand({ FunctionName: 'named', Name: 'none', FunctionVersion: '1' });
    expect(await refusalOf(send(update))).toEqual([
      404,
      'ResourceNotFoundException',
      `Alias not found: ${arnOf('named')}:none`,
    ]);
  });
});

test('a running invocation ends on the old code while the next one has the new', async () => {
  await shared.deployer.create('rolling', 'old');
  const gate = deferred<void>();
  gates.set('rolling', gate.promise);
  const running = shared.app.invoke('rolling', { gate: 'rolling' });
  await shared.app.prints(/START RequestId/);
  await shared.deployer.update('rolling', 'new');
  expect((await shared.app.invoke('rolling')).payload).toBe('new');
  gate.resolve();
  expect((await running).payload).toBe('old');
});

test('InvokeAsync is accepted and run', async () => {
  await shared.deployer.create('later', 'one');
  const { $metadata } = await send(new InvokeAsyncCommand({ FunctionName: 'later', InvokeArgs: '{}' }));
  expect($metadata.httpStatusCode).toBe(202);
  await shared.app.prints(/later.*END RequestId|END RequestId.*later/);
});
