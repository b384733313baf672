import {
  type FunctionConfiguration,
  ListFunctionsCommand,
  type ListFunctionsCommandInput,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { FunctionRegistry } from '../../../src/functions/registry/functions';
import { Registry } from '../../../src/functions/registry/registry';
import { openState } from '../../../src/functions/registry/state';
import { Store } from '../../../src/functions/store/store';
import { RunningApp } from '../../support/app/running-app';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { aDeployable } from '../../support/functions/deployables';
import { arnOf, Deployer, refusalOf } from '../../support/functions/deployer';

const scope = { region: 'us-east-1', accountId: '000000000000' };

let app: RunningApp;
let names: string[];

beforeAll(async () => {
  names = Array.from({ length: 120 }, (_, i) => `f-${(i * 7919) % 1000}`);
  app = await RunningApp.start({
    functions: {},
    engine: new FakeEngine(),
    // What an earlier run deployed.
    prepare: async (dataFolder) => {
      const database = openState(dataFolder);
      const registry = new Registry(database, await Store.open(dataFolder), () => 0);
      const functions = new FunctionRegistry(registry);
      for (const functionName of names) {
        const created = functions.create(scope, { functionName, publish: false, ...aDeployable() });
        functions.settle(scope, created);
        if (functionName.endsWith('1')) functions.publish(scope, functionName, {});
      }
      database.close();
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('pages of any size together hold everything once, in one order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), fc.boolean(), async (pageSize, all) => {
      const seen: string[] = [];
      const sizes: number[] = [];
      const input = all ? { FunctionVersion: 'ALL' as const } : {};
      for await (const { Functions = [] } of paginateListFunctions({ client: app.client, pageSize }, input)) {
        seen.push(...Functions.map(({ FunctionName, Version }) => `${FunctionName}:${Version}`));
        sizes.push(Functions.length);
      }
      const published = names.filter((name) => name.endsWith('1')).map((name) => `${name}:1`);
      const expected = [...names.map((name) => `${name}:$LATEST`), ...(all ? published : [])];
      expect([...seen].sort()).toEqual(expected.sort());
      expect(sizes.slice(0, -1).every((size) => size === Math.min(pageSize, 50))).toBe(true);
    }),
    { numRuns: 15 },
  );
});

test('a function that has changed is listed as it is now, with its version in the ARN where versions are listed', async () => {
  const name = names.find((each) => each.endsWith('1')) ?? '';
  const listed = async (input: ListFunctionsCommandInput) => {
    const found: FunctionConfiguration[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: app.client }, input))
      found.push(...Functions.filter(({ FunctionName }) => FunctionName === name));
    return found.map(({ FunctionArn, Description }) => [FunctionArn, Description]);
  };
  for (const Description of ['before', 'after']) {
    const change = { FunctionName: name, Description };
    await app.client.send(new UpdateFunctionConfigurationCommand(change));
    await new Deployer(app.client).updated(name);
    expect(await listed({})).toEqual([[arnOf(name), Description]]);
    expect(await listed({ FunctionVersion: 'ALL' })).toEqual([
      [`${arnOf(name)}:$LATEST`, Description],
      [`${arnOf(name)}:1`, ''],
    ]);
  }
});

test('a marker that was not given out is refused', async () => {
  const list = new ListFunctionsCommand({ Marker: 'nonsense' });
  expect((await refusalOf(app.client.send(list))).slice(0, 2)).toEqual([
    400,
    'InvalidParameterValueException',
  ]);
});
