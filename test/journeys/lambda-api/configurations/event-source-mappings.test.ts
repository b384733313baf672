import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../../support/app/lambda-api';
import { sharedApp } from '../../../support/app/shared-app';
import { failureOf } from '../../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

const queue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const stream = 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-01-01T00:00:00.000';
const table = stream.replace('table/t/', 'table/twice/');
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const create = (EventSourceArn: string, more: Partial<CreateEventSourceMappingCommandInput> = {}) =>
  shared.client.send(new CreateEventSourceMappingCommand({ FunctionName: 'one', EventSourceArn, ...more }));
const get = (UUID = '') => shared.client.send(new GetEventSourceMappingCommand({ UUID }));
/** One that is not being created or changed any more. */
const settled = async (UUID = '') => {
  for (;;) {
    const mapping = await get(UUID);
    if (!/ing$/.test(mapping.State ?? '')) return mapping;
  }
};
const update = (UUID = '', more: Partial<UpdateEventSourceMappingCommandInput> = {}) =>
  shared.client.send(new UpdateEventSourceMappingCommand({ UUID, ...more }));
const remove = (UUID = '') => shared.client.send(new DeleteEventSourceMappingCommand({ UUID }));
const list = async (more: object = {}) => shared.client.send(new ListEventSourceMappingsCommand(more));

test('a queue: the fields and defaults that queues have', async () => {
  const { $metadata, ...created } = await create(queue('plain'));
  expect($metadata.httpStatusCode).toBe(202);
  expect(created).toEqual({
    UUID: uuid,
    EventSourceMappingArn: arnOf(`event-source-mapping:${created.UUID}`),
    EventSourceArn: queue('plain'),
    FunctionArn: arnOf('function:one'),
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    LastModified: expect.any(Date),
    State: 'Creating',
    StateTransitionReason: 'USER_INITIATED',
  });
  const { $metadata: _, ...shown } = await settled(created.UUID);
  expect(shown).toEqual({ ...created, State: 'Enabled' });
});

test('a stream: the fields and defaults that streams have', async () => {
  const to = { OnFailure: { Destination: queue('failures') } };
  const { $metadata: _, ...created } = await create(stream, {
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 1,
    MaximumRetryAttempts: 1,
    DestinationConfig: to,
    Enabled: false,
  });
  expect(created).toEqual({
    UUID: uuid,
    EventSourceMappingArn: expect.any(String),
    EventSourceArn: stream,
    FunctionArn: arnOf('function:one'),
    BatchSize: 1,
    BisectBatchOnFunctionError: false,
    DestinationConfig: to,
    FunctionResponseTypes: [],
    LastModified: expect.any(Date),
    LastProcessingResult: 'No records processed',
    MaximumBatchingWindowInSeconds: 0,
    MaximumRecordAgeInSeconds: -1,
    MaximumRetryAttempts: 1,
    ParallelizationFactor: 1,
    StartingPosition: 'TRIM_HORIZON',
    State: 'Creating',
    StateTransitionReason: 'User action',
    TumblingWindowInSeconds: 0,
  });
  expect((await settled(created.UUID)).State).toBe('Disabled');
});

test('one of an alias is changed, moved and deleted', async () => {
  const { UUID, FunctionArn } = await create(queue('moved'), { FunctionName: 'one:live' });
  expect(FunctionArn).toBe(arnOf('function:one:live'));
  const filter = { Filters: [{ Pattern: '{"body":["a"]}' }] };
  expect(
    await update(UUID, { FunctionName: 'other', BatchSize: 5, Enabled: false, FilterCriteria: filter }),
  ).toMatchObject({
    FunctionArn: arnOf('function:other'),
    BatchSize: 5,
    FilterCriteria: filter,
    State: 'Disabling',
  });
  expect(await settled(UUID)).toMatchObject({ FunctionArn: arnOf('function:other'), State: 'Disabled' });
  const { $metadata, State } = await remove(UUID);
  expect([$metadata.httpStatusCode, State]).toEqual([202, 'Deleting']);
  expect(await failureOf(get(UUID))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  });
});

test('they are listed by function, by source and by page', async () => {
  const listed = await Promise.all(
    ['first', 'second', 'third'].map((name) => create(queue(name), { FunctionName: 'other' })),
  );
  const found: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page = await list({ FunctionName: 'other', MaxItems: 2, ...(Marker && { Marker }) });
    found.push(...(page.EventSourceMappings ?? []).map((each) => each.UUID));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(found.sort()).toEqual(listed.map((each) => each.UUID).sort());
  const bySource = await list({ EventSourceArn: queue('second') });
  expect(bySource.EventSourceMappings?.map((each) => each.EventSourceArn)).toEqual([queue('second')]);
});

const notThere = '01234567-89ab-cdef-0123-456789abcdef';
const noResource = {
  name: 'ResourceNotFoundException',
  message: 'The resource you requested does not exist.',
};
const invalid = (message: string) => ({ name: 'InvalidParameterValueException', message });

test.each<[string, () => Promise<unknown>, object]>([
  ['to show what is not there', () => get(notThere), noResource],
  ['to change what is not there', () => update(notThere), noResource],
  ['to delete what is not there', () => remove(notThere), noResource],
  [
    'an invalid source',
    () => shared.client.send(new CreateEventSourceMappingCommand({ FunctionName: 'one' })),
    invalid('Unrecognized event source.'),
  ],
  [
    'a function that is not there',
    () => create(queue('lost'), { FunctionName: 'nobody' }),
    invalid('Function does not exist'),
  ],
  [
    'a stream without a position',
    () => create(stream),
    invalid(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    ),
  ],
  [
    'a position that the source does not have',
    () => create(stream, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(0) }),
    invalid(`Unsupported starting position for arn type: ${stream}`),
  ],
  [
    'a position in a queue',
    () => create(queue('placed'), { StartingPosition: 'LATEST' }),
    invalid('StartingPosition is not valid for SQS event sources.'),
  ],
  [
    'a time for another position than that of a time',
    () => create(stream, { StartingPosition: 'LATEST', StartingPositionTimestamp: new Date(0) }),
    invalid('Timestamp only valid with StartingPosition AT_TIMESTAMP'),
  ],
  [
    'a large batch without time to gather it',
    () => create(queue('large'), { BatchSize: 100 }),
    invalid(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ),
  ],
  [
    'an invalid filter',
    () => create(queue('filtered'), { FilterCriteria: { Filters: [{ Pattern: 'body' }] } }),
    invalid('Invalid filter pattern definition.'),
  ],
])('refuses %s', async (_what, attempt, expected) => {
  expect(await failureOf(attempt())).toMatchObject(expected);
});

test('refuses a second one of the same broker, topic and function', async () => {
  const broker = (Topics: string[], ...servers: string[]) =>
    shared.client.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'one',
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: servers } },
        SourceAccessConfigurations: [
          { Type: 'BASIC_AUTH', URI: 'arn:aws:secretsmanager:us-east-1:0:secret:s' },
        ],
        StartingPosition: 'LATEST',
        Topics,
      }),
    );
  const { UUID } = await broker(['orders'], 'one:9092', 'two:9092');
  expect(await failureOf(broker(['orders'], 'two:9092'))).toMatchObject({
    name: 'ResourceConflictException',
    message: `An event source mapping with event source ("two:9092"), function ("${arnOf('function:one')}"), topics ("orders") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
  });
  await broker(['returns'], 'two:9092');
});

test('refuses a second one of the same source and function', async () => {
  const { UUID } = await create(queue('twice'));
  expect(await failureOf(create(queue('twice')))).toMatchObject({
    name: 'ResourceConflictException',
    message: `An event source mapping with SQS arn (" ${queue('twice')} ") and function (" one ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
  });
  const first = await create(table, { StartingPosition: 'LATEST' });
  expect(await failureOf(create(table, { StartingPosition: 'LATEST' }))).toMatchObject({
    message: `The event source arn (" ${table} ") and function (" one ") provided mapping already exists. Please update or delete the existing mapping with UUID ${first.UUID}`,
  });
});
