import {
  AddPermissionCommand,
  type AddPermissionCommandInput,
  GetFunctionCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { accountId, appWithFunctions, arnOf } from '../../support/app/lambda-api';
import { sharedApp } from '../../support/app/shared-app';
import { failureOf } from '../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

const s3 = { StatementId: 's3', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };

const add = (FunctionName: string, more: Partial<AddPermissionCommandInput> = {}) =>
  shared.client.send(new AddPermissionCommand({ FunctionName, ...s3, ...more }));
const get = (FunctionName: string, Qualifier?: string) =>
  shared.client.send(new GetPolicyCommand({ FunctionName, ...(Qualifier && { Qualifier }) }));
const remove = (FunctionName: string, StatementId: string, RevisionId?: string) =>
  shared.client.send(
    new RemovePermissionCommand({ FunctionName, StatementId, ...(RevisionId && { RevisionId }) }),
  );
const revision = async (name: string) =>
  (await shared.client.send(new GetFunctionCommand({ FunctionName: name }))).Configuration?.RevisionId;

test('a permission becomes a statement of the policy, and changes the revision', async () => {
  const before = await revision('one');
  const { Statement, $metadata } = await add('one', { SourceArn: 'arn:aws:s3:::bucket' });
  const statement = {
    Sid: 's3',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: arnOf('function:one'),
    Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::bucket' } },
  };
  expect([$metadata.httpStatusCode, JSON.parse(Statement ?? '')]).toEqual([201, statement]);
  const { Policy, RevisionId } = await get('one');
  // As a text, for the order of the members matters to who compares policies.
  expect(Policy).toBe(JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: [statement] }));
  expect(RevisionId).toBe(await revision('one'));
  expect(RevisionId).not.toBe(before);

  await add('one', { StatementId: 'second' });
  expect(JSON.parse((await get('one')).Policy ?? '').Statement).toHaveLength(2);
  expect((await remove('one', 's3')).$metadata.httpStatusCode).toBe(204);
  expect(await failureOf(remove('one', 's3'))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Statement s3 is not found in resource policy.',
  });
  await remove('one', 'second');
  expect(await failureOf(get('one'))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  });
});

test.each<[string, Partial<AddPermissionCommandInput>, object]>([
  [
    'everybody',
    { Principal: '*', SourceAccount: '111111111111' },
    { Principal: '*', Condition: { StringEquals: { 'AWS:SourceAccount': '111111111111' } } },
  ],
  ['an account', { Principal: '111111111111' }, { Principal: { AWS: 'arn:aws:iam::111111111111:root' } }],
  [
    'a role',
    { Principal: 'arn:aws:iam::111111111111:role/caller' },
    { Principal: { AWS: 'arn:aws:iam::111111111111:role/caller' } },
  ],
  [
    'a skill',
    { Principal: 'alexa-appkit.amazon.com', EventSourceToken: 'amzn1.ask.skill.x' },
    {
      Principal: { Service: 'alexa-appkit.amazon.com' },
      Condition: { StringEquals: { 'lambda:EventSourceToken': 'amzn1.ask.skill.x' } },
    },
  ],
  [
    'a URL, with everything that can be asked of the caller',
    {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
      PrincipalOrgID: 'o-1234567890',
      SourceAccount: '111111111111',
      SourceArn: 'arn:aws:s3:::bucket',
    },
    {
      Action: 'lambda:InvokeFunctionUrl',
      Condition: {
        StringEquals: {
          'lambda:FunctionUrlAuthType': 'NONE',
          'aws:PrincipalOrgID': 'o-1234567890',
          'AWS:SourceAccount': '111111111111',
        },
        ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::bucket' },
      },
    },
  ],
  [
    'a function that is called through its URL only',
    { Principal: '*', InvokedViaFunctionUrl: true },
    { Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } },
  ],
])('a permission for %s', async (_whom, input, expected) => {
  const { Statement } = await add('other', { StatementId: 'whom', ...input });
  await remove('other', 'whom');
  expect(JSON.parse(Statement ?? '')).toMatchObject(expected);
});

test('versions and aliases have policies of their own', async () => {
  await add('one', { Qualifier: 'live' });
  await add('one', { Qualifier: '1', StatementId: 'version' });
  const { Policy, RevisionId } = await get('one', 'live');
  expect(JSON.parse(Policy ?? '').Statement).toMatchObject([
    { Sid: 's3', Resource: arnOf('function:one:live') },
  ]);
  expect(RevisionId).not.toBe((await get('one', '1')).RevisionId);
  expect(await failureOf(get('one'))).toMatchObject({ name: 'ResourceNotFoundException' });
});

describe('refuses', () => {
  const conflict =
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';

  beforeAll(() => add('other', { StatementId: 'there' }));

  test.each<[string, () => Promise<unknown>, object]>([
    [
      'an id that is taken',
      () => add('other', { StatementId: 'there' }),
      {
        name: 'ResourceConflictException',
        message:
          'The statement id (there) provided already exists. Please provide a new statement id, or remove the existing statement.',
      },
    ],
    [
      'an id of other characters',
      () => add('other', { StatementId: 'example.com' }),
      {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value 'example.com' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
      },
    ],
    [
      '$LATEST',
      () => add('other', { Qualifier: '$LATEST' }),
      {
        name: 'InvalidParameterValueException',
        message: 'We currently do not support adding policies for $LATEST.',
      },
    ],
    [
      'an invalid principal',
      () => add('other', { Principal: 'invalid.nonaws.com' }),
      {
        name: 'InvalidParameterValueException',
        message: 'The provided principal was invalid. Please check the principal and try again.',
      },
    ],
    [
      'two qualifiers',
      () => add('other:alias1', { Qualifier: 'alias2' }),
      {
        name: 'InvalidParameterValueException',
        message: 'The derived qualifier from the function name does not match the specified qualifier.',
      },
    ],
    [
      'a function that is not there',
      () => add('nobody'),
      { name: 'ResourceNotFoundException', message: `Function not found: ${arnOf('function:nobody')}` },
    ],
    [
      'an alias that is not there',
      () => add('other', { Qualifier: 'nowhere' }),
      {
        name: 'ResourceNotFoundException',
        message: `Cannot find alias arn: ${arnOf('function:other:nowhere')}`,
      },
    ],
    [
      'a version that is not there',
      () => add('other', { Qualifier: '42' }),
      { name: 'ResourceNotFoundException', message: `Function not found: ${arnOf('function:other:42')}` },
    ],
    [
      'an older revision',
      () => add('other', { StatementId: 'late', RevisionId: 'older' }),
      {
        name: 'PreconditionFailedException',
        message: conflict.replace('GetFunction/GetAlias', 'GetPolicy'),
      },
    ],
    [
      'an older revision on removal',
      () => remove('other', 'there', 'older'),
      { name: 'PreconditionFailedException', message: conflict },
    ],
    [
      'to remove from a function that is not there',
      () => remove('nobody', 's3'),
      { name: 'ResourceNotFoundException', message: `No policy found for: ${arnOf('function:nobody')}` },
    ],
    [
      'to remove where there is no policy',
      () => remove('one', 's3'),
      { name: 'ResourceNotFoundException', message: 'No policy is associated with the given resource.' },
    ],
    [
      'to show the policy of a version that is not there',
      () => get('other', '42'),
      { name: 'ResourceNotFoundException', message: 'The resource you requested does not exist.' },
    ],
    [
      'an authorization of URLs for another action',
      () => add('other', { FunctionUrlAuthType: 'NONE' }),
      {
        name: 'InvalidParameterValueException',
        message: 'FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action',
      },
    ],
  ])('%s', async (_what, attempt, expected) => {
    expect(await failureOf(attempt())).toMatchObject(expected);
  });

  test('a policy above 20 KB', async () => {
    const statement = { Principal: 's3.amazonaws.com', SourceArn: `arn:aws:s3:::${'x'.repeat(6_000)}` };
    for (const StatementId of ['large-1', 'large-2', 'large-3'])
      await add('one', { StatementId, ...statement });
    expect(await failureOf(add('one', { StatementId: 'large-4', ...statement }))).toMatchObject({
      name: 'PolicyLengthExceededException',
      message: expect.stringMatching(
        /^The final policy size \(2\d{4}\) is bigger than the limit \(20480\)\.$/,
      ),
    });
  });

  test('a function of another region or account', async () => {
    const elsewhere = `arn:aws:lambda:eu-west-1:${accountId}:function:one`;
    expect(await failureOf(get(elsewhere))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    });
    expect(await failureOf(get('arn:aws:lambda:us-east-1:111111111111:function:one'))).toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
  });
});
