import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { ImageStart } from '../../src/engine/engine';
import { RunningApp } from '../support/app/running-app';
import { FakeEngine } from '../support/fakes/fake-engine';
import { lambdaRuntime } from '../support/fakes/fake-runtime';
import { role } from '../support/functions/deployer';

const idOf = (digit: string) => `sha256:${digit.repeat(64)}`;
const imageOf = (digit: string, more: Partial<ImageStart> = {}): ImageStart => ({
  image: idOf(digit),
  entryPoint: ['/app'],
  command: [],
  workingDirectory: '/',
  environment: {},
  ...more,
});

/** Answers with the image that its sandbox is of. */
function anEngine(): FakeEngine {
  const engine = new FakeEngine();
  engine.program = (process, { spec: { image } }) =>
    process.name === 'runtime' ? lambdaRuntime(() => image) : undefined;
  return engine;
}

const waiting = { maxWaitTime: 30, minDelay: 0.05 };

async function create(app: RunningApp, FunctionName: string, ImageUri: string) {
  await app.client.send(
    new CreateFunctionCommand({ FunctionName, Role: role, PackageType: 'Image', Code: { ImageUri } }),
  );
}

const configuration = async (app: RunningApp, FunctionName: string) =>
  app.client.send(new GetFunctionCommand({ FunctionName }));

async function until(app: RunningApp, FunctionName: string, state: string) {
  for (;;) {
    const { Configuration } = await configuration(app, FunctionName);
    if (Configuration?.State === state) return Configuration;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a function of the template runs the image that has its tag now', async () => {
  const engine = anEngine();
  engine.tag('app:1', imageOf('1'));
  await using app = await RunningApp.start({ engine, functions: { boxed: { image: 'app:1' } } });
  app.foresee(/boxed/);
  expect((await app.invoke('boxed')).payload).toBe(idOf('1'));
  const before = await configuration(app, 'boxed');
  expect(before.Code?.ResolvedImageUri).toBe(`app@${idOf('1')}`);
  engine.tag('app:1', imageOf('2'));
  await app.prints(
    /^lambdock \| boxed: app:1 is another image now \(sha256:2{12}\); deploying it$[\s\S]*boxed is ready/m,
  );
  expect((await app.invoke('boxed')).payload).toBe(idOf('2'));
  const after = await configuration(app, 'boxed');
  expect(after.Code?.ResolvedImageUri).toBe(`app@${idOf('2')}`);
  expect(after.Configuration?.CodeSha256).toBe('2'.repeat(64));
  expect(after.Configuration?.RevisionId).not.toBe(before.Configuration?.RevisionId);
});

test('a function of the API keeps its image until UpdateFunctionCode, and a published version keeps it', async () => {
  const engine = anEngine();
  engine.tag('app:1', imageOf('1'));
  await using app = await RunningApp.start({ engine, functions: {} });
  await create(app, 'boxed', 'app:1');
  const input = { FunctionName: 'boxed' };
  await waitUntilFunctionActiveV2({ client: app.client, ...waiting }, input);
  engine.tag('app:1', imageOf('2'));
  expect((await app.invoke('boxed')).payload).toBe(idOf('1'));
  await app.client.send(new UpdateFunctionCodeCommand({ ...input, ImageUri: 'app:1', Publish: true }));
  await waitUntilFunctionUpdatedV2({ client: app.client, ...waiting }, input);
  expect((await app.invoke('boxed')).payload).toBe(idOf('2'));
  engine.tag('app:1', imageOf('3'));
  await app.client.send(new UpdateFunctionCodeCommand({ ...input, ImageUri: 'app:1' }));
  await waitUntilFunctionUpdatedV2({ client: app.client, ...waiting }, input);
  expect((await app.invoke('boxed')).payload).toBe(idOf('3'));
  const published = await app.client.send(new InvokeCommand({ ...input, Qualifier: '1' }));
  expect(JSON.parse(published.Payload?.transformToString() ?? '')).toBe(idOf('2'));
});

test('functions of both kinds recover when their image appears', async () => {
  const engine = anEngine();
  await using app = await RunningApp.start({ engine, functions: { late: { image: 'late:1' } } });
  app.foresee(/late/);
  await create(app, 'later', 'later:1');
  expect((await until(app, 'later', 'Failed')).StateReasonCode).toBe('InvalidImage');
  engine.tag('later:1', imageOf('5'));
  await until(app, 'later', 'Active');
  expect((await app.invoke('later')).payload).toBe(idOf('5'));
  engine.tag('late:1', imageOf('6'));
  await app.prints(/late is ready/);
  expect((await app.invoke('late')).payload).toBe(idOf('6'));
});

test('refuses an image that is built for another architecture', async () => {
  const engine = anEngine();
  engine.tag('arm:1', imageOf('7', { architecture: 'arm64' }));
  await using app = await RunningApp.start({ engine, functions: { arm: { image: 'arm:1' } } });
  app.foresee(/arm/);
  expect(app.output).toContain(
    "arm failed: The image arm:1 is built for arm64, but the function's architecture is x86_64. " +
      'Build it with --platform linux/amd64, or change the architecture.',
  );
  await create(app, 'armed', 'arm:1');
  expect((await until(app, 'armed', 'Failed')).StateReason).toContain('is built for arm64');
});
