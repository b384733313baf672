import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  ListFunctionEventInvokeConfigsCommand,
  PutFunctionEventInvokeConfigCommand,
  type PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../../support/app/lambda-api';
import { sharedApp } from '../../../support/app/shared-app';
import { failureOf } from '../../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

type Input = Partial<PutFunctionEventInvokeConfigCommandInput>;

const put = (FunctionName: string, more: Input = {}) =>
  shared.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, ...more }));
const update = (FunctionName: string, more: Input = {}) =>
  shared.client.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, ...more }));
const get = (FunctionName: string) =>
  shared.client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
const remove = (FunctionName: string) =>
  shared.client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }));
const list = (FunctionName: string, more: object = {}) =>
  shared.client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName, ...more }));

const none = { OnSuccess: {}, OnFailure: {} };
const missing = (qualified: string) => ({
  name: 'ResourceNotFoundException',
  message: `The function ${arnOf(`function:${qualified}`)} doesn't have an EventInvokeConfig`,
});

test('a put replaces, an update changes', async () => {
  const { $metadata, ...created } = await put('one', {
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 60,
  });
  expect($metadata.httpStatusCode).toBe(200);
  expect(created).toEqual({
    FunctionArn: arnOf('function:one:$LATEST'),
    LastModified: expect.any(Date),
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: none,
  });
  expect(Math.abs(Date.now() - Number(created.LastModified))).toBeLessThan(60_000);
  expect(await update('one', { MaximumRetryAttempts: 0 })).toMatchObject({
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
  await put('one', { MaximumRetryAttempts: 1 });
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = await get('one');
  expect({ MaximumEventAgeInSeconds, MaximumRetryAttempts }).toEqual({ MaximumRetryAttempts: 1 });
  expect((await remove('one')).$metadata.httpStatusCode).toBe(204);
  expect(await failureOf(get('one'))).toMatchObject(missing('one:$LATEST'));
  expect(await failureOf(remove('one'))).toMatchObject(missing('one:$LATEST'));
});

test('versions and aliases have their own; they are listed by page', async () => {
  for (const name of ['one', 'one:1', 'one:live']) await put(name, { MaximumRetryAttempts: 1 });
  const arns: (string | undefined)[] = [];
  let marker: string | undefined;
  do {
    const page = await list('one', { MaxItems: 2, ...(marker && { Marker: marker }) });
    arns.push(...(page.FunctionEventInvokeConfigs ?? []).map((each) => each.FunctionArn));
    marker = page.NextMarker;
  } while (marker !== undefined);
  expect(arns).toEqual(['one:$LATEST', 'one:1', 'one:live'].map((name) => arnOf(`function:${name}`)));
  expect((await list('other')).FunctionEventInvokeConfigs).toEqual([]);
});

test('results can go to queues, topics, buses and other functions', async () => {
  const DestinationConfig = {
    OnSuccess: { Destination: arnOf('function:other') },
    OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:queue' },
  };
  expect((await put('one:1', { DestinationConfig })).DestinationConfig).toEqual(DestinationConfig);
  const changed = await update('one:1', { DestinationConfig: { OnSuccess: {} } });
  expect(changed.DestinationConfig).toEqual({ ...DestinationConfig, OnSuccess: {} });
});

const to = (Destination: string) => ({ DestinationConfig: { OnSuccess: { Destination } } });

test.each<[string, () => Promise<unknown>, object]>([
  [
    'nothing to set',
    () => put('one'),
    {
      name: 'InvalidParameterValueException',
      message: 'You must specify at least one of error handling or destination setting.',
    },
  ],
  [
    'a function that is not there',
    () => put('nobody', { MaximumRetryAttempts: 1 }),
    { name: 'ResourceNotFoundException', message: "The function doesn't exist." },
  ],
  [
    'an alias that is not there',
    () => put('one', { Qualifier: 'nowhere', MaximumRetryAttempts: 1 }),
    { name: 'ResourceNotFoundException', message: "The function doesn't exist." },
  ],
  [
    'an update of what is not there',
    () => update('other', { MaximumRetryAttempts: 1 }),
    missing('other:$LATEST'),
  ],
  ['to show what is not there', () => get('nobody'), missing('nobody:$LATEST')],
  [
    'to list of a function that is not there',
    () => list('nobody'),
    { name: 'ResourceNotFoundException', message: "The function doesn't exist." },
  ],
  [
    'a destination that is the function itself',
    () => put('one', to(arnOf('function:one'))),
    {
      name: 'InvalidParameterValueException',
      message: "You can't specify the function as a destination for itself.",
    },
  ],
  [
    'a destination that is not there',
    () => put('one', to(arnOf('function:nobody'))),
    {
      name: 'InvalidParameterValueException',
      message: `The destination ARN ${arnOf('function:nobody')} is invalid.`,
    },
  ],
  [
    'a destination of another service',
    () => put('one', to('arn:aws:iam:us-east-1:000000000000:function:one')),
    {
      name: 'InvalidParameterValueException',
      message:
        'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:iam:us-east-1:000000000000:function:one), onFailure=null) is invalid.',
    },
  ],
  [
    'figures out of bounds, all at once',
    () => put('one', { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 59 }),
    {
      name: 'ValidationException',
      message:
        "2 validation errors detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2; Value '59' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
    },
  ],
])('refuses %s', async (_what, attempt, expected) => {
  expect(await failureOf(attempt())).toMatchObject(expected);
});
