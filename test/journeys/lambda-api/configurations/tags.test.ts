import {
  CreateCodeSigningConfigCommand,
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetFunctionCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../../support/app/lambda-api';
import { sharedApp } from '../../../support/app/shared-app';
import { failureOf } from '../../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

const one = arnOf('function:one');
const tag = (Resource: string, Tags: Record<string, string>) =>
  shared.client.send(new TagResourceCommand({ Resource, Tags }));
const untag = (Resource: string, ...TagKeys: string[]) =>
  shared.client.send(new UntagResourceCommand({ Resource, TagKeys }));
const list = async (Resource: string) => (await shared.client.send(new ListTagsCommand({ Resource }))).Tags;
const get = () => shared.client.send(new GetFunctionCommand({ FunctionName: 'one' }));

test('tags are added, replaced and taken off, and each change is a new revision', async () => {
  const { Configuration: before, ...rest } = await get();
  expect(rest).not.toHaveProperty('Tags');
  expect(await list(one)).toEqual({});
  expect((await tag(one, { a: '1', 'b c': 'zwei = drei' })).$metadata.httpStatusCode).toBe(204);
  await tag(one, { a: '2' });
  expect(await list(one)).toEqual({ a: '2', 'b c': 'zwei = drei' });
  const { Tags, Configuration: after } = await get();
  expect(Tags).toEqual({ a: '2', 'b c': 'zwei = drei' });
  expect(after?.RevisionId).not.toBe(before?.RevisionId);
  expect((await untag(one, 'b c', 'unknown')).$metadata.httpStatusCode).toBe(204);
  expect(await list(one)).toEqual({ a: '2' });
  await untag(one, 'a');
  expect(await list(one)).toEqual({});
});

test('fifty at most', async () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, '']));
  const other = arnOf('function:other');
  const failure = {
    name: 'InvalidParameterValueException',
    message: 'Number of tags exceeds resource tag limit.',
  };
  expect(await failureOf(tag(other, many(51)))).toMatchObject(failure);
  await tag(other, many(50));
  expect(await failureOf(tag(other, { more: '' }))).toMatchObject(failure);
  expect(Object.keys((await list(other)) ?? {})).toHaveLength(50);
});

test('code signing configurations and event source mappings have tags too', async () => {
  const publisher = 'arn:aws:signer:us-east-1:000000000000:/signing-profiles/test';
  const { CodeSigningConfig } = await shared.client.send(
    new CreateCodeSigningConfigCommand({
      AllowedPublishers: { SigningProfileVersionArns: [publisher] },
      Tags: { made: 'with' },
    }),
  );
  const config = CodeSigningConfig?.CodeSigningConfigArn ?? '';
  await tag(config, { later: 'too' });
  expect(await list(config)).toEqual({ made: 'with', later: 'too' });

  const { EventSourceMappingArn: mapping = '', UUID } = await shared.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'one',
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue',
      Tags: { made: 'with' },
    }),
  );
  expect(await list(mapping)).toEqual({ made: 'with' });
  await shared.client.send(new DeleteEventSourceMappingCommand({ UUID }));
  expect(await failureOf(list(mapping))).toMatchObject({ name: 'ResourceNotFoundException' });
});

test.each<[string, () => Promise<unknown>, object]>([
  [
    'a function that is not there',
    () => tag(arnOf('function:nobody'), { a: '1' }),
    { name: 'ResourceNotFoundException', message: `Function not found: ${arnOf('function:nobody')}` },
  ],
  [
    'a version',
    () => tag(arnOf('function:one:1'), { a: '1' }),
    {
      name: 'InvalidParameterValueException',
      message: 'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    },
  ],
  [
    'what is no ARN of Lambda',
    () => list('arn:aws:something'),
    {
      name: 'ValidationException',
      message: expect.stringMatching(
        /^1 validation error detected: Value 'arn:aws:something' at 'resource' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:/,
      ),
    },
  ],
  [
    'no tags at all',
    () => tag(one, {}),
    {
      name: 'InvalidParameterValueException',
      message: 'An error occurred and the request cannot be processed.',
    },
  ],
  [
    'no keys at all',
    () => untag(one),
    {
      name: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
    },
  ],
  [
    'a configuration that is not there',
    () => list(arnOf('code-signing-config:csc-01234567890123456')),
    { name: 'ResourceNotFoundException' },
  ],
])('refuses %s', async (_what, attempt, expected) => {
  expect(await failureOf(attempt())).toMatchObject(expected);
});
