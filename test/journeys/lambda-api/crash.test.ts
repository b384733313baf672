import { createHash } from 'node:crypto';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  paginateListFunctions,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { Emulator } from '../../support/app/emulator';
import { role } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/** `LAMBDOCK_TEST_KILLS=100` kills a hundred times, which takes minutes. */
const kills = Number(process.env.LAMBDOCK_TEST_KILLS ?? 12);
const deploys = 16 * kills;

jest.setTimeout(20_000 * kills);

let folder: TemporaryFolder;
let emulator: Emulator;
let client: LambdaClient;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
});

afterAll(async () => {
  await emulator?.kill();
  await folder[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  emulator = await Emulator.start(folder.path);
  client = emulator.client;
}

const sha256 = (zip: Uint8Array) => createHash('sha256').update(zip).digest('base64');

/** What each function may be now: the last that was acknowledged, or what was asked for when the kill came. */
const known = new Map<string, Set<string | undefined>>();
const published = new Map<string, string>();

/** One step of a deploy. The service refuses it while an activation is under way: then nothing has changed. */
async function step(name: string, after: string | undefined, work: () => Promise<unknown>): Promise<void> {
  const before = known.get(name) ?? new Set([undefined]);
  known.set(name, new Set([...before, after]));
  try {
    await work();
    known.set(name, new Set([after]));
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceConflictException') known.set(name, before);
    else throw error;
  }
}

async function deploy(round: number): Promise<void> {
  const name = `f${round % 23}`;
  const zip = await zipOf({ 'app.py': `round ${round}`, [`data-${round}`]: Buffer.alloc(20_000, round) });
  const now = known.get(name) ?? new Set([undefined]);
  const there = now.size === 1 && !now.has(undefined);
  if (there && round % 11 === 0) {
    for (const version of [...published.keys()])
      if (version.startsWith(`${name}:`)) published.delete(version);
    await step(name, undefined, () => client.send(new DeleteFunctionCommand({ FunctionName: name })));
    return;
  }
  const code = { FunctionName: name, ZipFile: zip };
  const create = { FunctionName: name, Role: role, Runtime: 'python3.13', Handler: 'app.handler' } as const;
  await step(name, sha256(zip), () =>
    there
      ? client.send(new UpdateFunctionCodeCommand(code))
      : client.send(new CreateFunctionCommand({ ...create, Code: { ZipFile: zip } })),
  );
  if (round % 3 !== 0) return;
  const version = await client.send(new PublishVersionCommand({ FunctionName: name })).catch(refused);
  if (version?.Version) published.set(`${name}:${version.Version}`, version.CodeSha256 ?? '');
}

function refused(error: Error): undefined {
  if (error.name !== 'ResourceConflictException') throw error;
}

/** Everything that was acknowledged is there, whole; and there is nothing else. */
async function check(): Promise<void> {
  const found = new Map<string, string | undefined>();
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    for (const each of Functions) found.set(each.FunctionName ?? '', each.CodeSha256);
  for (const [name, may] of known) {
    expect([...may]).toContain(found.get(name));
    known.set(name, new Set([found.get(name)]));
  }
  expect([...found.keys()].filter((name) => !known.has(name))).toEqual([]);
  for (const [name, codeSha256] of found) {
    const { Code } = await client.send(new GetFunctionCommand({ FunctionName: name }));
    const zip = await (await fetch(Code?.Location ?? '')).arrayBuffer();
    expect(sha256(new Uint8Array(zip))).toBe(codeSha256);
  }
}

test(`of ${deploys} deploys, killed ${kills} times at any point, none that was acknowledged is lost`, async () => {
  let round = 0;
  for (let crash = 0; crash <= kills; crash++) {
    await start();
    await check();
    const last = crash === kills;
    const until = Math.round(((crash + 1) * deploys) / (kills + 1));
    for (; round < until; round++) {
      if (!last && round === until - 1) break;
      await deploy(round);
    }
    if (last) break;
    // The kill comes while this one is under way: at once, or up to 40 ms after it began.
    const dying = deploy(round).catch(() => undefined);
    round += 1;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    await emulator.kill();
    await dying;
  }
  await check();
  for (const [version, codeSha256] of published) {
    const [name = '', number = ''] = version.split(':');
    if (!known.get(name)?.has(undefined)) {
      const { Configuration } = await client.send(
        new GetFunctionCommand({ FunctionName: name, Qualifier: number }),
      );
      expect(Configuration?.CodeSha256).toBe(codeSha256);
    }
  }
  const [name] = [...known].find(([, may]) => !may.has(undefined)) ?? [];
  const { Payload, FunctionError } = await client.send(new InvokeCommand({ FunctionName: name }));
  expect([FunctionError, Payload?.transformToString()]).toEqual([
    undefined,
    expect.stringMatching(/^"round \d+"$/),
  ]);
});
