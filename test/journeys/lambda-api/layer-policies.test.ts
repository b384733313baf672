import {
  AddLayerVersionPermissionCommand,
  DeleteLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../support/app/lambda-api';
import type { RunningApp } from '../../support/app/running-app';
import { zipOf } from '../../support/functions/zips';
import { failureOf } from '../../support/lib/failure';

let app: RunningApp;

beforeAll(async () => {
  app = await appWithFunctions();
  const Content = { ZipFile: await zipOf({ 'python/shared.py': '' }) };
  await app.client.send(new PublishLayerVersionCommand({ LayerName: 'shared', Content }));
}, 60_000);

afterAll(() => app?.[Symbol.asyncDispose]());

const layer = { LayerName: 'shared', VersionNumber: 1 };
const everybody = { StatementId: 's1', Action: 'lambda:GetLayerVersion', Principal: '*' };

const add = (more: object = {}) =>
  app.client.send(new AddLayerVersionPermissionCommand({ ...layer, ...everybody, ...more }));
const get = (more: object = {}) => app.client.send(new GetLayerVersionPolicyCommand({ ...layer, ...more }));
const remove = (StatementId: string, more: object = {}) =>
  app.client.send(new RemoveLayerVersionPermissionCommand({ ...layer, StatementId, ...more }));

const noPolicy = {
  name: 'ResourceNotFoundException',
  message: 'No policy is associated with the given resource.',
};

test('statements come and go, each with a new revision', async () => {
  expect(await failureOf(get())).toMatchObject(noPolicy);
  const first = await add();
  const statement = {
    Sid: 's1',
    Effect: 'Allow',
    Principal: '*',
    Action: 'lambda:GetLayerVersion',
    Resource: arnOf('layer:shared:1'),
  };
  expect([first.$metadata.httpStatusCode, JSON.parse(first.Statement ?? '')]).toEqual([201, statement]);
  const shown = await get({ LayerName: arnOf('layer:shared') });
  expect(shown.Policy).toBe(JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: [statement] }));
  expect(shown.RevisionId).toBe(first.RevisionId);
  const second = await add({
    StatementId: 's2',
    Principal: '*',
    OrganizationId: 'o-1234567890',
    RevisionId: first.RevisionId,
  });
  expect(JSON.parse(second.Statement ?? '')).toMatchObject({
    Principal: '*',
    Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } },
  });
  expect((await remove('s2', { RevisionId: second.RevisionId })).$metadata.httpStatusCode).toBe(204);
  expect((await get()).RevisionId).not.toBe(second.RevisionId);
  await remove('s1');
  expect(await failureOf(get())).toMatchObject(noPolicy);
});

const conflict = {
  name: 'PreconditionFailedException',
  message:
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
};
const notThere = (name: string) => ({
  name: 'ResourceNotFoundException',
  message: `Layer version ${arnOf(`layer:${name}`)} does not exist.`,
});

describe('refuses', () => {
  beforeAll(() => add({ StatementId: 'there' }));

  test.each<[string, () => Promise<unknown>, object]>([
    ['a layer that is not there', () => add({ LayerName: 'nowhere' }), notThere('nowhere:1')],
    ['a version that is not there', () => get({ VersionNumber: 2 }), notThere('shared:2')],
    ['to remove from what is not there', () => remove('there', { VersionNumber: 2 }), notThere('shared:2')],
    [
      'a version that cannot be',
      () => get({ VersionNumber: 0 }),
      { name: 'InvalidParameterValueException', message: 'Layer Version Cannot be less than 1' },
    ],
    [
      'another action',
      () => add({ Action: '*' }),
      {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '*' at 'action' failed to satisfy constraint: Member must satisfy regular expression pattern: lambda:GetLayerVersion",
      },
    ],
    [
      'an id that is taken',
      () => add({ StatementId: 'there' }),
      {
        name: 'ResourceConflictException',
        message:
          'The statement id (there) provided already exists. Please provide a new statement id, or remove the existing statement.',
      },
    ],
    [
      'to remove a statement that is not there',
      () => remove('doesnotexist'),
      {
        name: 'ResourceNotFoundException',
        message: 'Statement doesnotexist is not found in resource policy.',
      },
    ],
    ['an older revision', () => add({ StatementId: 'late', RevisionId: 'older' }), conflict],
    ['an older revision on removal', () => remove('there', { RevisionId: 'older' }), conflict],
  ])('%s', async (_what, attempt, expected) => {
    expect(await failureOf(attempt())).toMatchObject(expected);
  });
});

test('the policy goes with the version', async () => {
  await app.client.send(new DeleteLayerVersionCommand(layer));
  expect(await failureOf(get())).toMatchObject(notThere('shared:1'));
});
