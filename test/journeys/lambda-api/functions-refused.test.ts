import {
  type CreateFunctionCommandInput,
  GetFunctionCommand,
  PublishVersionCommand,
  type Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { arnOf, codeOf, type Deployer, refusalOf } from '../../support/functions/deployer';

const shared = sharedApp(() =>
  emptyApp({
    equip: (engine) => {
      const start = { entryPoint: ['/app'], command: [], workingDirectory: '/', environment: {} };
      engine.images.set('registry.local/app:1', { image: 'registry.local/app:1', ...start });
    },
  }),
);

const create = (...input: Parameters<Deployer['create']>) => shared.deployer.create(...input);

describe('refused', () => {
  beforeAll(() => create('there'));

  test('a name that is taken', async () => {
    expect(await refusalOf(create('there'))).toEqual([
      409,
      'ResourceConflictException',
      'Function already exist: there',
    ]);
  });

  test('a revision that is not the latest', async () => {
    const text =
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
    const RevisionId = '11111111-2222-4333-8444-555555555555';
    const FunctionName = 'there';
    const expected = [412, 'PreconditionFailedException', text];
    const update = new UpdateFunctionCodeCommand({ FunctionName, RevisionId, ...(await codeOf('x')) });
    expect(await refusalOf(shared.client.send(update))).toEqual(expected);
    const configure = new UpdateFunctionConfigurationCommand({ FunctionName, RevisionId });
    expect(await refusalOf(shared.client.send(configure))).toEqual(expected);
    const publish = new PublishVersionCommand({ FunctionName, RevisionId });
    expect(await refusalOf(shared.client.send(publish))).toEqual(expected);
  });

  const unzippable = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

  test.each<[string, () => Promise<Partial<CreateFunctionCommandInput>>, string]>([
    ['no zip', async () => ({ Code: { ZipFile: Buffer.from('no zip') } }), unzippable],
    [
      'an empty one',
      async () => ({ Code: { ZipFile: Buffer.alloc(0) } }),
      'Uploaded file must be a non-empty zip',
    ],
    [
      'a runtime that there never was',
      async () => ({ Runtime: 'python9' as Runtime }),
      "Value python9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2] or be a valid ARN",
    ],
    [
      'one that the service has retired',
      async () => ({ Runtime: 'java8' }),
      'The runtime parameter of java8 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.',
    ],
    [
      'SnapStart where the service has none',
      async () => ({ Runtime: 'nodejs22.x', SnapStart: { ApplyOn: 'PublishedVersions' } }),
      'nodejs22.x is not supported for SnapStart enabled functions.',
    ],
    [
      'more memory than there is',
      async () => ({ MemorySize: 10_241 }),
      "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240",
    ],
    [
      'no handler',
      async () => ({ Handler: undefined }),
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    [
      'a reserved variable',
      async () => ({ Environment: { Variables: { AWS_REGION: 'x' } } }),
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION',
    ],
    [
      'a layer that is not there',
      async () => ({ Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:none:1'] }),
      'Layer version arn:aws:lambda:us-east-1:000000000000:layer:none:1 does not exist.',
    ],
    [
      'S3 without an endpoint',
      async () => ({ Code: { S3Bucket: 'bucket', S3Key: 'key' } }),
      'Error occurred while GetObject. No S3 is configured: start lambdock with --s3-endpoint, or send the zip itself.',
    ],
  ])('%s', async (_name, more, message) => {
    expect(await refusalOf(create('bad', 'x', await more()))).toEqual([
      400,
      'InvalidParameterValueException',
      message,
    ]);
    const get = new GetFunctionCommand({ FunctionName: 'bad' });
    expect((await refusalOf(shared.client.send(get)))[0]).toBe(404);
  });
});

test('a zip that is too large for a request is refused by its size', async () => {
  const large = { Code: { ZipFile: Buffer.alloc(52_428_801) } };
  expect(await refusalOf(create('large', 'x', large))).toEqual([
    413,
    'RequestEntityTooLargeException',
    'Zipped size must be smaller than 52428800 bytes',
  ]);
});

test('an image needs its package type and must not have a runtime', async () => {
  const refused = async (input: Partial<CreateFunctionCommandInput>) =>
    refusalOf(create('pictured', 'x', { Code: { ImageUri: 'registry.local/app:1' }, ...input }));
  const [, , mandatory] = await refused({ Runtime: undefined, Handler: undefined });
  expect(mandatory).toBe(
    'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
  );
  expect((await refused({}))[2]).toBe(
    "Please don't provide ImageUri when creating a function with packageType Zip.",
  );
  const image = { PackageType: 'Image', Runtime: undefined, Handler: undefined } as const;
  const own =
    "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.";
  expect((await refused({ ...image, Runtime: 'python3.13' }))[2]).toBe(own);
  await create('pictured', 'x', { ...image, Code: { ImageUri: 'registry.local/app:1' } });
  const configure = new UpdateFunctionConfigurationCommand({ FunctionName: 'pictured', Handler: 'a.b' });
  expect((await refusalOf(shared.client.send(configure)))[2]).toBe(own);
});

test.each(['', 'img//raw', 'a/../b', 'http://x/y', 'Img', 'img@sha256:00'])(
  'refuses the image reference %j in CreateFunction and UpdateFunctionCode',
  async (ImageUri) => {
    const expected = [
      400,
      'InvalidParameterValueException',
      `Source image ${ImageUri} is not valid. Provide a valid source image.`,
    ];
    const image = { PackageType: 'Image', Runtime: undefined, Handler: undefined } as const;
    expect(await refusalOf(create('unnamed', 'x', { ...image, Code: { ImageUri } }))).toEqual(expected);
    const update = new UpdateFunctionCodeCommand({ FunctionName: 'pictured', ImageUri });
    expect(await refusalOf(shared.client.send(update))).toEqual(expected);
  },
);

test('versions and aliases cannot be created, updated or published', async () => {
  await create('one-only', 'one', { Publish: true });
  const FunctionName = `${arnOf('one-only')}:1`;
  const expected = [
    400,
    'InvalidParameterValueException',
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  ];
  expect(await refusalOf(create('another:1'))).toEqual(expected);
  const update = new UpdateFunctionCodeCommand({ FunctionName, ...(await codeOf('x')) });
  expect(await refusalOf(shared.client.send(update))).toEqual(expected);
  const configure = new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 });
  expect(await refusalOf(shared.client.send(configure))).toEqual(expected);
  expect(await refusalOf(shared.client.send(new PublishVersionCommand({ FunctionName })))).toEqual(expected);
});

test('a name in an ARN is not longer than one alone', async () => {
  const name = 'a'.repeat(65);
  expect(await refusalOf(create(arnOf(name)))).toEqual([
    400,
    'InvalidParameterValueException',
    `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ]);
});

test.each<[string, Partial<CreateFunctionCommandInput>]>([
  [
    "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    { Timeout: 901 },
  ],
  [
    "Value '10241' at 'ephemeralStorage.size' failed to satisfy constraint: Member must have value less than or equal to 10240",
    { EphemeralStorage: { Size: 10_241 } },
  ],
])('what only managed instances may have is refused: %s', async (text, more) => {
  expect(await refusalOf(create('large', 'x', more))).toEqual([
    400,
    'ValidationException',
    `1 validation error detected: ${text}`,
  ]);
});
