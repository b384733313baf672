import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  InvokeCommand,
  type LambdaClient,
  ListFunctionsCommand,
  ListLayerVersionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishLayerVersionCommand,
  PutFunctionConcurrencyCommand,
  paginateListFunctions,
  TagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { deferred } from '../../../src/lib/deferred';
import { Emulator } from '../../support/app/emulator';
import { RunningApp } from '../../support/app/running-app';
import { codeRuntime, gates } from '../../support/fakes/fake-code';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { arnOf, Deployer, refusalOf } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const newEngine = () => {
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  return engine;
};

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

describe('two lambdocks on one data folder', () => {
  let one: RunningApp;
  let other: RunningApp;
  let otherEngine: FakeEngine;
  let deployer: Deployer;

  beforeEach(async () => {
    const start = (engine: FakeEngine) =>
      RunningApp.start({ functions: {}, engine, flags: { data: join(folder.path, 'data') } });
    otherEngine = newEngine();
    one = await start(newEngine());
    other = await start(otherEngine);
    deployer = new Deployer(one.client);
  });

  afterEach(async () => {
    await one?.[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
  });

  const answer = async (name: string) => (await other.invoke(name)).payload;

  test('a deployment, update or deletion at one is visible at the other with the next request', async () => {
    await deployer.create('f', 'one');
    expect(await answer('f')).toBe('one');
    const { Functions } = await other.client.send(new ListFunctionsCommand({}));
    expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['f']);
    await deployer.update('f', 'two');
    expect(await answer('f')).toBe('two');
    await one.client.send(new DeleteFunctionCommand({ FunctionName: 'f' }));
    expect(await refusalOf(other.invoke('f'))).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arnOf('f')}:$LATEST`,
    ]);
    expect(await other.environments()).toEqual([]);
  });

  test('an alias that is moved at one is moved at the other', async () => {
    await deployer.create('f', 'one');
    await deployer.publish('f');
    await deployer.update('f', 'two');
    await deployer.publish('f');
    const alias = { FunctionName: 'f', Name: 'live' };
    await one.client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
    expect(await answer('f:live')).toBe('one');
    await one.client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '2' }));
    expect(await answer('f:live')).toBe('two');
    await other.client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '1' }));
    expect((await one.invoke('f:live')).payload).toBe('one');
  });

  test('reserved concurrency that is set at one holds at the other', async () => {
    await deployer.create('f', 'one');
    const reserved = { FunctionName: 'f', ReservedConcurrentExecutions: 0 };
    await one.client.send(new PutFunctionConcurrencyCommand(reserved));
    expect((await refusalOf(other.invoke('f'))).slice(0, 2)).toEqual([429, 'TooManyRequestsException']);
    expect(
      (await other.client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'f' })))
        .ReservedConcurrentExecutions,
    ).toBe(0);
  });

  test('what runs at the other when one updates ends on the old code; the next call has the new', async () => {
    await deployer.create('f', 'one');
    const gate = deferred<void>();
    gates.set('shared', gate.promise);
    const running = other.invoke('f', { gate: 'shared' });
    while ((await other.environments('f'))[0]?.state !== 'invoking') await new Promise(setImmediate);
    await deployer.update('f', 'two');
    expect(await answer('f')).toBe('two');
    gate.resolve();
    expect((await running).payload).toBe('one');
  });

  test('a deletion at one ends environments at the other without a request', async () => {
    await deployer.create('f', 'one');
    expect(await answer('f')).toBe('one');
    await one.client.send(new DeleteFunctionCommand({ FunctionName: 'f' }));
    while (otherEngine.sandboxes.length > 0) await new Promise(setImmediate);
  });
});

describe('files of their own', () => {
  const start = async (functions: readonly string[]) => {
    const declared = functions.map((name) => {
      const code = join(folder.path, name);
      mkdirSync(code, { recursive: true });
      writeFileSync(join(code, 'app.py'), `from ${name}`);
      return [name, { runtime: 'python3.13', handler: 'app.handler', code }];
    });
    return RunningApp.start({
      functions: Object.fromEntries(declared),
      engine: newEngine(),
      flags: { data: join(folder.path, 'data') },
    });
  };
  const namesAt = async ({ client }: RunningApp) =>
    (await client.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName);

  test('each serves the functions of both files, and removes those no longer hosted', async () => {
    await using one = await start(['a', 'left']);
    await new Deployer(one.client).publish('a');
    {
      await using other = await start(['b']);
      expect(await namesAt(one)).toEqual(['a', 'b', 'left']);
      expect(await namesAt(other)).toEqual(['a', 'b', 'left']);
      for (const each of [one, other]) {
        const payloads = ['a', 'a:1', 'b'].map(async (name) => (await each.invoke(name)).payload);
        expect(await Promise.all(payloads)).toEqual(['from a', 'from a', 'from b']);
      }
    }
    await using third = await start(['c']);
    // The second one is gone, and `b` with it.
    expect(await namesAt(one)).toEqual(['a', 'c', 'left']);
    expect((await third.invoke('a:1')).payload).toBe('from a');
    expect((await refusalOf(one.invoke('b')))[0]).toBe(404);
  });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

describe('two processes deploy at the same time', () => {
  const lanes = 3;
  const rounds = 12;
  let emulators: Emulator[];
  /** CodeSha256 of what was acknowledged last, by function and by version. */
  let deployed: Map<string, string>;
  let published: Map<string, string>;
  /** Names of the single things that were added to what both share. */
  let statements: string[];
  let layerVersions: number[];

  beforeEach(() => {
    emulators = [];
    [deployed, published, statements, layerVersions] = [new Map(), new Map(), [], []];
  });

  afterEach(() => Promise.all(emulators.map((each) => each.kill())));

  /** The consecutive calls of one caller of one emulator. A caller of the other one sees each result at once. */
  async function lane(name: string, here: LambdaClient, there: LambdaClient): Promise<void> {
    const deployer = new Deployer(here);
    for (let round = 0; round < rounds; round++) {
      const says = `${name} ${round}`;
      const ZipFile = await zipOf({ 'app.py': says });
      if (deployed.has(name)) await deployer.update(name, says);
      else await deployer.create(name, says, { Code: { ZipFile } });
      deployed.set(name, sha256(ZipFile));
      const { Payload } = await there.send(new InvokeCommand({ FunctionName: name }));
      expect(JSON.parse(Payload?.transformToString() ?? '')).toBe(says);
      if (round % 4 === 1) published.set(`${name}:${await deployer.publish(name)}`, sha256(ZipFile));
      const statement = { Action: 'lambda:InvokeFunction', Principal: '123456789012' };
      const StatementId = `${name}-${round}`;
      await here.send(new AddPermissionCommand({ FunctionName: 'shared', StatementId, ...statement }));
      statements.push(StatementId);
      const layer = { LayerName: 'shared', Content: { ZipFile } };
      const { Version } = await here.send(new PublishLayerVersionCommand(layer));
      layerVersions.push(Number(Version));
      if (round % 6 === 5) {
        await here.send(new DeleteFunctionCommand({ FunctionName: name }));
        deployed.delete(name);
        for (const version of [...published.keys()])
          if (version.startsWith(`${name}:`)) published.delete(version);
        const gone = there.send(new InvokeCommand({ FunctionName: name }));
        expect((await refusalOf(gone)).slice(0, 2)).toEqual([404, 'ResourceNotFoundException']);
      }
    }
    await here.send(new TagResourceCommand({ Resource: arnOf('shared'), Tags: { [name]: 'done' } }));
  }

  async function check(client: LambdaClient): Promise<void> {
    const listed = new Map<string, string>();
    for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
      for (const { FunctionName = '', CodeSha256 = '' } of Functions) listed.set(FunctionName, CodeSha256);
    listed.delete('shared');
    expect(listed).toEqual(deployed);
    for (const [name, codeSha256] of deployed) {
      const { Code } = await client.send(new GetFunctionCommand({ FunctionName: name }));
      const zip = await (await fetch(Code?.Location ?? '')).arrayBuffer();
      expect(sha256(new Uint8Array(zip))).toBe(codeSha256);
      const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
      const own = [...published].filter(([version]) => version.startsWith(`${name}:`));
      expect(Versions.slice(1).map((each) => [`${name}:${each.Version}`, each.CodeSha256])).toEqual(own);
    }
    const { Policy = '' } = await client.send(new GetPolicyCommand({ FunctionName: 'shared' }));
    const kept = JSON.parse(Policy).Statement.map(({ Sid }: { readonly Sid: string }) => Sid);
    expect(kept.toSorted()).toEqual(statements.toSorted());
    const { Tags = {} } = await client.send(new ListTagsCommand({ Resource: arnOf('shared') }));
    expect(Object.keys(Tags)).toHaveLength(lanes * 2);
    const { LayerVersions = [], NextMarker } = await client.send(
      new ListLayerVersionsCommand({ LayerName: 'shared' }),
    );
    expect(NextMarker).toBeDefined();
    expect(LayerVersions[0]?.Version).toBe(layerVersions.length);
  }

  test('no acknowledged change is lost, also after both were killed', async () => {
    const first = await Emulator.start(folder.path);
    emulators.push(first);
    const second = await Emulator.start(folder.path);
    emulators.push(second);
    await new Deployer(first.client).create('shared', 'shared');
    const names = [...Array(lanes).keys()];
    await Promise.all([
      ...names.map((each) => lane(`a${each}`, first.client, second.client)),
      ...names.map((each) => lane(`b${each}`, second.client, first.client)),
    ]);
    // A number is given once, by one of them.
    expect(layerVersions.toSorted((a, b) => a - b)).toEqual(layerVersions.map((_, index) => index + 1));
    await check(first.client);
    await check(second.client);
    await Promise.all([first.kill(), second.kill()]);
    const third = await Emulator.start(folder.path);
    emulators.push(third);
    await check(third.client);
  }, 120_000);
});
