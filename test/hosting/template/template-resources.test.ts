import { LambdaError } from '../../../src/aws/errors';
import { type Operations, operationRunner } from '../../../src/control-plane/operations';
import type { Registry, RegistryListener } from '../../../src/functions/registry/registry';
import type { WantedFunction } from '../../../src/functions/template/wanted';
import { TemplateResources } from '../../../src/hosting/template/template-resources';
import { deferred } from '../../../src/lib/deferred';
import { aWantedFunction } from '../../support/functions/wanted-functions';

const hello = aWantedFunction('hello', '', { package: { kind: 'image', image: 'x' } });

const notFound = () => {
  throw new LambdaError('ResourceNotFoundException', 'It is not there.');
};

/** Operations that note how they are called; asked for something, they have nothing but functions. */
function recorded(): { readonly operations: Operations; readonly calls: string[] } {
  const calls: string[] = [];
  const noting =
    (name: string, output: object = {}) =>
    (input: object) => {
      calls.push(`${name} ${JSON.stringify(input)}`);
      return output;
    };
  const operations: Operations = {
    GetFunctionConfiguration: ({ FunctionName }) => (FunctionName === 'hello' ? {} : notFound()),
    GetAlias: notFound,
    GetFunctionUrlConfig: notFound,
    TagResource: noting('tag'),
    UntagResource: noting('untag'),
    PublishVersion: noting('publish', { Version: '3' }),
    CreateAlias: noting('alias'),
    CreateFunctionUrlConfig: noting('url'),
    DeleteFunctionUrlConfig: noting('no url'),
    PutFunctionConcurrency: noting('reserve'),
    DeleteFunctionConcurrency: noting('free'),
    PutProvisionedConcurrencyConfig: noting('provision'),
    DeleteProvisionedConcurrencyConfig: noting('unprovision'),
    PutFunctionEventInvokeConfig: noting('event invoke'),
    DeleteFunctionEventInvokeConfig: noting('no event invoke'),
  };
  return { operations, calls };
}

const unheard = () => () => undefined;
const scope = { region: 'us-east-1', accountId: '000000000000' };
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:hello';

/** Resources whose operations are noted. */
function recordedResources() {
  const { operations, calls } = recorded();
  const run = operationRunner(operations, scope);
  return { calls, resources: new TemplateResources(run, scope, () => undefined, unheard) };
}

const everything: WantedFunction = {
  ...hello,
  tags: { team: 'shop', part: 'front' },
  alias: 'live',
  url: { authType: 'NONE', invokeMode: 'BUFFERED' },
  reservedConcurrency: 5,
  provisionedConcurrency: 2,
  eventInvoke: { MaximumRetryAttempts: 0 },
};

test('creates each resource of a function once, and removes those no longer in the template', async () => {
  const { resources, calls } = recordedResources();
  await resources.apply([everything]);
  expect(calls.splice(0)).toEqual([
    `tag {"Resource":"${arn}","Tags":{"team":"shop","part":"front"}}`,
    'publish {"FunctionName":"hello"}',
    'alias {"FunctionName":"hello","Name":"live","FunctionVersion":"3"}',
    'url {"FunctionName":"hello","Qualifier":"live","AuthType":"NONE","InvokeMode":"BUFFERED"}',
    'reserve {"FunctionName":"hello","ReservedConcurrentExecutions":5}',
    'provision {"FunctionName":"hello","Qualifier":"live","ProvisionedConcurrentExecutions":2}',
    'event invoke {"FunctionName":"hello","MaximumRetryAttempts":0}',
  ]);
  await resources.apply([{ ...everything, alias: 'other' }]);
  expect(calls.splice(0)).toEqual([
    'publish {"FunctionName":"hello"}',
    'alias {"FunctionName":"hello","Name":"other","FunctionVersion":"3"}',
    'no url {"FunctionName":"hello","Qualifier":"live"}',
    'url {"FunctionName":"hello","Qualifier":"other","AuthType":"NONE","InvokeMode":"BUFFERED"}',
    'unprovision {"FunctionName":"hello","Qualifier":"live"}',
    'provision {"FunctionName":"hello","Qualifier":"other","ProvisionedConcurrentExecutions":2}',
  ]);
  await resources.apply([{ ...hello, tags: { team: 'shop' } }]);
  expect(calls.splice(0)).toEqual([
    `untag {"Resource":"${arn}","TagKeys":["part"]}`,
    `tag {"Resource":"${arn}","Tags":{"team":"shop"}}`,
    'no url {"FunctionName":"hello","Qualifier":"other"}',
    'free {"FunctionName":"hello"}',
    'unprovision {"FunctionName":"hello","Qualifier":"other"}',
    'no event invoke {"FunctionName":"hello"}',
  ]);
});

test('skips a missing function, and starts anew with one that had left the template', async () => {
  const { resources, calls } = recordedResources();
  const reserving = { ...hello, reservedConcurrency: 1 };
  await resources.apply([{ ...reserving, name: 'failed' }, reserving]);
  await resources.apply([]);
  await resources.apply([reserving]);
  expect(calls).toEqual(Array(2).fill('reserve {"FunctionName":"hello","ReservedConcurrentExecutions":1}'));
});

test('reports what is refused and applies the rest, and throws anything else', async () => {
  const { operations, calls } = recorded();
  const reported: string[] = [];
  const refusing: Operations = {
    ...operations,
    TagResource: () => {
      throw new LambdaError('InvalidParameterValueException', 'Number of tags exceeds resource tag limit.');
    },
  };
  await new TemplateResources(
    operationRunner(refusing, scope),
    scope,
    (text) => reported.push(text),
    unheard,
  ).apply([{ ...hello, tags: { a: 'b' }, reservedConcurrency: 5 }]);
  expect(reported).toEqual(['hello does not have its tags: Number of tags exceeds resource tag limit.']);
  expect(calls).toHaveLength(1);
  const broken: Operations = {
    ...operations,
    TagResource: () => {
      throw new Error('disk full');
    },
  };
  const applied = new TemplateResources(
    operationRunner(broken, scope),
    scope,
    () => undefined,
    unheard,
  ).apply([{ ...hello, tags: { a: 'b' } }]);
  await expect(applied).rejects.toThrow('disk full');
});

test('an alias waits for its version, and is unchanged if that fails', async () => {
  const { operations, calls } = recorded();
  const reported: string[] = [];
  let state = 'Pending';
  const listeners = new Set<RegistryListener>();
  const asked = deferred<void>();
  const waiting: Operations = {
    ...operations,
    GetFunctionConfiguration: ({ Qualifier }) => {
      if (Qualifier === undefined) return {};
      asked.resolve();
      return { State: state, StateReason: 'no image' };
    },
  };
  const onChange: Registry['onChange'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const resources = new TemplateResources(
    operationRunner(waiting, scope),
    scope,
    (text) => reported.push(text),
    onChange,
  );
  const applied = resources.apply([{ ...hello, alias: 'live' }]);
  await asked.promise;
  expect(calls).toEqual(['publish {"FunctionName":"hello"}']);
  state = 'Active';
  for (const each of listeners) each(scope, 'hello', false);
  await applied;
  expect(calls[1]).toMatch(/^alias/);
  expect(listeners.size).toBe(0);
  state = 'Failed';
  await resources.apply([{ ...hello, alias: 'live' }]);
  expect(reported).toEqual([
    'hello: live is version 3 now',
    'hello does not have its alias: version 3 failed: no image',
  ]);
});
