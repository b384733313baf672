import {
  AddLayerVersionPermissionCommand,
  CreateFunctionCommand,
  DeleteLayerVersionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  LambdaClient,
  ListLayersCommand,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  type PublishLayerVersionCommandInput,
  paginateListLayers,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { codeOf, refusalOf } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';

const layerArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:layer:${name}`;

const shared = sharedApp(() => emptyApp());
const { send } = shared;

const publish = async (name: string, file: string, more: Partial<PublishLayerVersionCommandInput> = {}) =>
  send(
    new PublishLayerVersionCommand({
      LayerName: name,
      Content: { ZipFile: await zipOf({ [file]: file }) },
      ...more,
    }),
  );

test('publishes, returns and downloads a layer', async () => {
  const zip = await zipOf({ 'python/x.py': 'x' });
  const { $metadata, ...published } = await publish('shown', 'x', {
    Content: { ZipFile: zip },
    Description: 'x',
    LicenseInfo: 'MIT',
    CompatibleRuntimes: ['python3.13'],
    CompatibleArchitectures: ['x86_64'],
  });
  expect($metadata.httpStatusCode).toBe(201);
  expect(published).toEqual({
    LayerArn: layerArn('shown'),
    LayerVersionArn: `${layerArn('shown')}:1`,
    Version: 1,
    Description: 'x',
    LicenseInfo: 'MIT',
    CompatibleRuntimes: ['python3.13'],
    CompatibleArchitectures: ['x86_64'],
    CreatedDate: expect.stringMatching(/\+0000$/),
    Content: {
      Location: expect.stringMatching(/^http/),
      CodeSha256: expect.stringMatching(/=$/),
      CodeSize: zip.length,
    },
  });
  const { $metadata: _, ...got } = await send(
    new GetLayerVersionCommand({ LayerName: layerArn('shown'), VersionNumber: 1 }),
  );
  expect(got).toEqual(published);
  const { $metadata: __, ...byArn } = await send(
    new GetLayerVersionByArnCommand({ Arn: `${layerArn('shown')}:1` }),
  );
  expect(byArn).toEqual(published);
  const answer = await fetch(published.Content?.Location ?? '');
  expect(Buffer.from(await answer.arrayBuffer()).equals(zip)).toBe(true);
});

test('version numbers ascend and are not reused, and lists have the newest first', async () => {
  await publish('many', 'a', { CompatibleRuntimes: ['python3.12'] });
  await publish('many', 'b', { CompatibleRuntimes: ['python3.13'] });
  await send(new DeleteLayerVersionCommand({ LayerName: 'many', VersionNumber: 2 }));
  expect((await publish('many', 'c')).Version).toBe(3);
  const { LayerVersions } = await send(new ListLayerVersionsCommand({ LayerName: 'many' }));
  expect(LayerVersions?.map(({ Version }) => Version)).toEqual([3, 1]);
  const { Layers } = await send(new ListLayersCommand({ CompatibleRuntime: 'python3.12' }));
  expect(
    Layers?.map(({ LayerName, LatestMatchingVersion }) => [LayerName, LatestMatchingVersion?.Version]),
  ).toEqual([['many', 1]]);
  const gone = new GetLayerVersionCommand({ LayerName: 'many', VersionNumber: 2 });
  expect(await refusalOf(send(gone))).toEqual([
    404,
    'ResourceNotFoundException',
    'The resource you requested does not exist.',
  ]);
});

test('layers are listed by name, each once, whatever the size of a page', async () => {
  // In the order of keys of versions, `name-1:…` would come before `name:…`.
  for (const name of ['name', 'name-1', 'name1']) await publish(name, 'x');
  const listed: string[] = [];
  for await (const { Layers = [] } of paginateListLayers({ client: shared.app.client, pageSize: 1 }, {}))
    listed.push(...Layers.map(({ LayerName = '' }) => LayerName));
  expect(listed).toEqual([...new Set(listed)].sort());
  expect(listed).toEqual(expect.arrayContaining(['name', 'name-1', 'name1']));
});

test('a function has its layers merged at /opt, and keeps one that is deleted', async () => {
  const [a, b] = [await publish('a', 'a.txt'), await publish('b', 'b.txt')];
  const layers = [a.LayerVersionArn ?? '', b.LayerVersionArn ?? ''];
  await shared.deployer.create('layered', 'opt', { Layers: layers });
  await send(new DeleteLayerVersionCommand({ LayerName: 'a', VersionNumber: 1 }));
  expect((await shared.app.invoke('layered')).payload).toEqual(['a.txt', 'b.txt']);
  const { Layers } = await send(new GetFunctionConfigurationCommand({ FunctionName: 'layered' }));
  expect(Layers).toEqual([
    { Arn: layers[0], CodeSize: a.Content?.CodeSize },
    { Arn: layers[1], CodeSize: b.Content?.CodeSize },
  ]);
  await send(new UpdateFunctionConfigurationCommand({ FunctionName: 'layered', Layers: [] }));
  await shared.deployer.updated('layered');
  expect((await shared.app.invoke('layered')).payload).toEqual([]);
});

test('two versions of one layer are refused', async () => {
  const arns = [await publish('twice', 'a'), await publish('twice', 'b')].map(
    (each) => each.LayerVersionArn ?? '',
  );
  expect(await refusalOf(shared.deployer.create('confused', 'opt', { Layers: arns }))).toEqual([
    400,
    'InvalidParameterValueException',
    `Two different versions of the same layer are not allowed to be referenced in the same function. ${arns[0]} and ${arns[1]} are versions of the same layer.`,
  ]);
});

test('no version is below the first', async () => {
  const expected = [400, 'InvalidParameterValueException', 'Layer Version Cannot be less than 1'];
  const version = { LayerName: 'none', VersionNumber: 0 };
  expect(await refusalOf(send(new GetLayerVersionCommand(version)))).toEqual(expected);
  expect(await refusalOf(send(new DeleteLayerVersionCommand(version)))).toEqual(expected);
});

test('another account sees and uses what is shared with it, and nothing else', async () => {
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'x' };
  const away = new LambdaClient({ endpoint: shared.app.address, region: 'us-east-1', credentials });
  const { LayerVersionArn: arn = '' } = await publish('shared', 'shared.txt');
  const get = () => away.send(new GetLayerVersionByArnCommand({ Arn: arn }));
  const create = async () =>
    away.send(
      new CreateFunctionCommand({
        FunctionName: 'away',
        Role: 'arn:aws:iam::111122223333:role/lambda',
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Code: await codeOf('opt'),
        Layers: [arn],
      }),
    );
  const denied = (action: string, resource: string) => [
    403,
    'AccessDeniedException',
    `User: arn:aws:iam::111122223333:root is not authorized to perform: lambda:${action} on resource: ${resource} because no resource-based policy allows the lambda:${action} action`,
  ];
  expect(await refusalOf(get())).toEqual(denied('GetLayerVersion', arn));
  expect(await refusalOf(create())).toEqual(denied('GetLayerVersion', arn));
  await send(
    new AddLayerVersionPermissionCommand({
      LayerName: 'shared',
      VersionNumber: 1,
      StatementId: 'one',
      Action: 'lambda:GetLayerVersion',
      Principal: '111122223333',
    }),
  );
  expect(await get()).toMatchObject({ LayerVersionArn: arn, LayerArn: layerArn('shared') });
  expect((await create()).Layers).toMatchObject([{ Arn: arn }]);
  const remove = new DeleteLayerVersionCommand({ LayerName: layerArn('shared'), VersionNumber: 1 });
  expect(await refusalOf(away.send(remove))).toEqual(denied('DeleteLayerVersion', layerArn('shared')));
  away.destroy();
});

test('refuses unknown runtimes and architectures of a layer', async () => {
  const published = publish('odd', 'x', {
    CompatibleRuntimes: ['python3.13', 'cobol'] as never,
    CompatibleArchitectures: ['mips'] as never,
  });
  const [status, name, message] = await refusalOf(published);
  expect([status, name]).toEqual([400, 'ValidationException']);
  expect(message).toMatch(
    /^2 validation errors detected: Value '\[python3\.13, cobol\]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: \[.*python3\.13.*\]; Value '\[mips\]' at 'compatibleArchitectures' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[x86_64, arm64\], Member must not be null\]$/,
  );
});
