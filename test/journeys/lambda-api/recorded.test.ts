import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListLayersCommand,
  ListLayerVersionsCommand,
  ListTagsCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { arnOf, codeOf, role } from '../../support/functions/deployer';
import { failureOf } from '../../support/lib/failure';

const shared = sharedApp(() => emptyApp());
const send: LambdaClient['send'] = (command: never) => shared.client.send(command);

const create = async (FunctionName: string, more: Partial<CreateFunctionCommandInput> = {}) =>
  new CreateFunctionCommand({
    FunctionName,
    Role: role,
    Runtime: 'python3.13',
    Handler: 'app.handler',
    Code: await codeOf('x'),
    ...more,
  });

const refused = async (sending: Promise<unknown>) => {
  const { name, message } = (await failureOf(sending)) as Error;
  return [name, message];
};

beforeAll(async () => {
  await shared.deployer.create('one');
});

test('a configuration of an ordinary function has no ConfigSha256', async () => {
  const configuration = await send(new GetFunctionConfigurationCommand({ FunctionName: 'one' }));
  expect(configuration).not.toHaveProperty('ConfigSha256');
});

describe('a runtime that the service has and lambdock does not', () => {
  const problem =
    /Cannot run old: the runtime python3\.8 is not supported by lambdock\. Package the function as a container image/;

  beforeAll(async () => {
    shared.app.foresee(problem);
    await shared.deployer.create('old', 'x', { Runtime: 'python3.8', Handler: 'app.handler' });
  });

  test('is deployed, becomes active, and is changed like any other', async () => {
    await send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'old', Runtime: 'python3.8', Timeout: 9 }),
    );
    await shared.deployer.updated('old');
    const { Configuration } = await send(new GetFunctionCommand({ FunctionName: 'old' }));
    expect(Configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful', Timeout: 9 });
  });

  test('is refused when it is invoked, with what to do and one warning', async () => {
    expect(await failureOf(shared.app.invoke('old'))).toMatchObject({
      name: 'InvalidRuntimeException',
      $metadata: { httpStatusCode: 502 },
      message: expect.stringMatching(problem),
    });
    expect(shared.app.output.match(new RegExp(problem, 'g'))).toHaveLength(1);
  });

  test('can be what a layer is for', async () => {
    const published = await send(
      new PublishLayerVersionCommand({
        LayerName: 'jar',
        Content: await codeOf('x'),
        CompatibleRuntimes: ['java21', 'java8'],
      }),
    );
    expect(published.CompatibleRuntimes).toEqual(['java21', 'java8']);
  });
});

test('errors list values in the order of the service', async () => {
  const bad = await create('bad', {
    PackageType: 'Jar' as never,
    SnapStart: { ApplyOn: 'Always' as never },
    LoggingConfig: { LogFormat: 'XML' as never },
  });
  const [, message] = await refused(send(bad));
  expect(message).toMatch(
    /'packageType'.*\[Zip, Image\].*'snapStart\.applyOn'.*\[PublishedVersions, None\].*'loggingConfig\.logFormat'.*\[JSON, Text\]/,
  );
  const mapping = new CreateEventSourceMappingCommand({
    FunctionName: 'one',
    EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
    StartingPosition: 'NEWEST' as never,
  });
  expect(await refused(send(mapping))).toEqual([
    'ValidationException',
    "1 validation error detected: Value 'NEWEST' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
  ]);
  const [, listed] = await refused(send(new ListLayersCommand({ CompatibleRuntime: 'cobol' as never })));
  expect(listed).toMatch(
    /at 'compatibleRuntime' .*\[ruby3\.5, ruby2\.6, dotnetcore1\.0, .*, python3\.6, python2\.7\]$/,
  );
});

test('numbers of a map are written as the service writes them', async () => {
  const alias = new CreateAliasCommand({
    FunctionName: 'one',
    Name: 'live',
    FunctionVersion: '1',
    RoutingConfig: { AdditionalVersionWeights: { 2: -1 } },
  });
  expect(await refused(send(alias))).toEqual([
    'ValidationException',
    "1 validation error detected: Value '{2=-1.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
  ]);
});

const region = '(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}';

test('patterns of ARNs are those of the service', async () => {
  const [, tags] = await refused(send(new ListTagsCommand({ Resource: 'arn:aws:something' })));
  expect(tags).toContain('|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|');
  const [, layers] = await refused(send(await create('bad', { Layers: ['arn:aws:lambda:none'] })));
  expect(layers).toBe(
    `1 validation error detected: Value '[arn:aws:lambda:none]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:${region}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]`,
  );
});

describe('what is not there', () => {
  test.each<[string, () => Promise<unknown>, string, string]>([
    [
      'a version of no function to be deleted: the function is named',
      () => send(new DeleteFunctionCommand({ FunctionName: 'nobody', Qualifier: '7' })),
      'ResourceNotFoundException',
      `Function not found: ${arnOf('nobody')}`,
    ],
    [
      'a name longer than any function has, to be shown',
      () => send(new GetFunctionCommand({ FunctionName: 'a'.repeat(65) })),
      'ResourceNotFoundException',
      `Function not found: ${arnOf('a'.repeat(65))}`,
    ],
    [
      'the same, to be deleted',
      () => send(new DeleteFunctionCommand({ FunctionName: 'a'.repeat(65) })),
      'ResourceNotFoundException',
      `Function not found: ${arnOf('a'.repeat(65))}`,
    ],
    [
      'an alias of no function, to be provisioned for',
      () =>
        send(
          new PutProvisionedConcurrencyConfigCommand({
            FunctionName: 'nobody',
            Qualifier: 'live',
            ProvisionedConcurrentExecutions: 1,
          }),
        ),
      'ResourceNotFoundException',
      `Cannot find alias arn: ${arnOf('nobody')}:live`,
    ],
  ])('%s', async (_what, attempt, name, message) => {
    expect(await refused(attempt())).toEqual([name, message]);
  });

  test.each([
    ['event-source-mapping:01234567-89ab-cdef-0123-456789abcdef', 'Event source mapping'],
    ['capacity-provider:many', 'Capacity provider'],
  ])('%s, for its tags', async (end, what) => {
    const Resource = `arn:aws:lambda:us-east-1:000000000000:${end}`;
    expect(await refused(send(new ListTagsCommand({ Resource })))).toEqual([
      'ResourceNotFoundException',
      `${what} not found: ${Resource}`,
    ]);
  });
});

const queue = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const mappingOf = (more: object) =>
  send(new CreateEventSourceMappingCommand({ FunctionName: 'one', EventSourceArn: queue, ...more }));
const unsupported = (name: string) => `Unsupported ${name} parameter for given event source mapping type.`;

test.each<[string, object, string | RegExp]>([
  [
    'a destination of success, before the function is looked for',
    { FunctionName: 'nobody', DestinationConfig: { OnSuccess: { Destination: queue } } },
    unsupported('DestinationConfig'),
  ],
  [
    'scaling of a stream',
    { EventSourceArn: stream, StartingPosition: 'LATEST', ScalingConfig: { MaximumConcurrency: 2 } },
    unsupported('ScalingConfig'),
  ],
  [
    'brokers without a way in',
    {
      EventSourceArn: undefined,
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['kafka:9092'] } },
      Topics: ['a-topic'],
    },
    "Required 'sourceAccessConfigurations' parameter is missing.",
  ],
  ['a queue of another region', { EventSourceArn: queue.replace('us-east-1', 'eu-west-1') }, /eu-west-1/],
  [
    'a destination of another region',
    {
      EventSourceArn: stream,
      StartingPosition: 'LATEST',
      DestinationConfig: { OnFailure: { Destination: queue.replace('us-east-1', 'eu-west-1') } },
    },
    /eu-west-1/,
  ],
  [
    'a time before 1970 for a stream',
    { EventSourceArn: stream, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(-1000) },
    'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
  ],
  ['a filter without a pattern', { FilterCriteria: { Filters: [{}] } }, 'Invalid filter pattern definition.'],
])('an event source mapping is refused with %s', async (_what, more, message) => {
  const [name, text] = await refused(mappingOf(more));
  expect(name).toBe('InvalidParameterValueException');
  expect(text).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
});

test('an empty list of filters is left out', async () => {
  const mapping = await mappingOf({ FilterCriteria: { Filters: [] } });
  expect(mapping).not.toHaveProperty('FilterCriteria');
});

test('tags of a mapping are found by its own region and account only', async () => {
  const { EventSourceMappingArn = '' } = await mappingOf({
    EventSourceArn: `${queue}-tagged`,
    Tags: { a: 'b' },
  });
  expect((await send(new ListTagsCommand({ Resource: EventSourceMappingArn }))).Tags).toEqual({ a: 'b' });
  for (const Resource of [
    EventSourceMappingArn.replace('us-east-1', 'eu-west-1'),
    EventSourceMappingArn.replace('000000000000', '111111111111'),
  ]) {
    const [name] = await refused(send(new ListTagsCommand({ Resource })));
    expect(name).toBe('ResourceNotFoundException');
  }
});

test('what no policy can allow is denied to other accounts, with null for a text', async () => {
  const theirs = encodeURIComponent('arn:aws:lambda:us-east-1:123456789012:function:theirs');
  const response = await fetch(`${shared.app.address}/2021-10-31/functions/${theirs}/url`);
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException']);
  expect(await response.json()).toEqual({ Message: null });
});

test('a capacity provider is refused for a function that was created without one', async () => {
  const CapacityProviderArn = 'arn:aws:lambda:us-east-1:000000000000:capacity-provider:many';
  const update = new UpdateFunctionConfigurationCommand({
    FunctionName: 'one',
    CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn } },
  });
  expect(await refused(send(update))).toEqual([
    'InvalidParameterValueException',
    "CapacityProviderConfig isn't supported for Lambda Default functions.",
  ]);
});

test('a published version gives $LATEST a new revision', async () => {
  await shared.deployer.create('published');
  const revision = async () =>
    (await send(new GetFunctionConfigurationCommand({ FunctionName: 'published' }))).RevisionId;
  const before = await revision();
  await send(new PublishVersionCommand({ FunctionName: 'published' }));
  expect(await revision()).not.toBe(before);
});

test('a layer without a description is listed without one', async () => {
  const plain = { LayerName: 'plain', Content: await codeOf('x') };
  expect((await send(new PublishLayerVersionCommand(plain))).Description).toBe('');
  const { Layers } = await send(new ListLayersCommand({}));
  const latest = Layers?.find(({ LayerName }) => LayerName === 'plain')?.LatestMatchingVersion;
  expect(latest).not.toHaveProperty('Description');
  const { LayerVersions } = await send(new ListLayerVersionsCommand({ LayerName: 'plain' }));
  expect(LayerVersions?.[0]).not.toHaveProperty('Description');
});

test.each([
  [
    'a service that takes none',
    'arn:aws:dynamodb:us-east-1:000000000000:table/t',
    /SQS queue or Amazon SNS topic/,
  ],
  ['another region', queue.replace('us-east-1', 'eu-west-1'), /not in the region/],
])('dead letters are refused for %s', async (_what, TargetArn, text) => {
  const [name, message] = await refused(send(await create('bad', { DeadLetterConfig: { TargetArn } })));
  expect([name, message]).toEqual(['InvalidParameterValueException', expect.stringMatching(text)]);
});

test('$LATEST is throttled where all that is reserved is provisioned for a version', async () => {
  await shared.deployer.create('busy');
  const Qualifier = await shared.deployer.publish('busy');
  await send(new PutFunctionConcurrencyCommand({ FunctionName: 'busy', ReservedConcurrentExecutions: 1 }));
  await send(
    new PutProvisionedConcurrencyConfigCommand({
      FunctionName: 'busy',
      Qualifier,
      ProvisionedConcurrentExecutions: 1,
    }),
  );
  expect(await failureOf(shared.app.invoke('busy'))).toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
  expect(await shared.app.invoke('busy', undefined, { Qualifier })).toMatchObject({ executedVersion: '1' });
});
