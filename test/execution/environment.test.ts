import { limits } from '../../src/aws/limits';
import type { FakeProcess, Script } from '../support/fakes/fake-process';
import { everyIs, FleetUnderTest } from '../support/fakes/fleet-under-test';
import { aFunctionVersion } from '../support/functions/function-versions';

const api = '/2020-01-01/extension';

/** Registers, then polls for events until it gets SHUTDOWN; `events` are those that it got. */
function extension(events: string[], wanted = ['INVOKE', 'SHUTDOWN']): Script {
  return async (process) => {
    const id = await register(process, wanted);
    for (;;) {
      const next = await process.http('GET', `${api}/event/next`, { headers: id });
      const { eventType } = JSON.parse(next.body.toString()) as { eventType: string };
      events.push(eventType);
      if (eventType === 'SHUTDOWN') return 0;
    }
  };
}

async function register(process: FakeProcess, events: readonly string[]): Promise<Record<string, string>> {
  const name = process.spec.name.slice('extension/'.length);
  const { headers } = await process.http('POST', `${api}/register`, {
    headers: { 'lambda-extension-name': name },
    body: JSON.stringify({ events }),
  });
  return { 'lambda-extension-identifier': String(headers['lambda-extension-identifier']) };
}

/** Extensions are looked for only where there are layers. */
const layered = aFunctionVersion({
  package: {
    kind: 'zip',
    runtime: 'python3.13',
    handler: 'app.handler',
    codeFolder: '/nowhere/code',
    codeSha256: 'x',
    layersFolder: '/nowhere/layers',
  },
});

/** The outcome of one call, as the caller gets it. */
async function outcomeOf(fleet: FleetUnderTest, of = layered): Promise<unknown> {
  const { outcome } = await fleet.call({}, of).ended;
  return outcome.kind === 'platformFailed' ? outcome : JSON.parse(outcome.payload.toString());
}

test('extensions register, get INVOKE, and get SHUTDOWN when the environment ends', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  const events: string[] = [];
  fleet.engine.extensionScripts = { agent: extension(events) };
  expect(await outcomeOf(fleet)).toBe(1);
  await fleet.until(everyIs('ready'));
  expect(events).toEqual(['INVOKE']);
  fleet.fleet.retire('hello');
  await fleet.until((facts) => facts.length === 0);
  expect(events).toEqual(['INVOKE', 'SHUTDOWN']);
});

test('an extension without SHUTDOWN is killed when the environment ends', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.extensionScripts = { quiet: extension([], ['INVOKE']), other: extension([]) };
  await outcomeOf(fleet);
  await fleet.until(everyIs('ready'));
  const [sandbox] = fleet.engine.sandboxes;
  fleet.fleet.retire('hello');
  await fleet.until((facts) => facts.length === 0);
  expect(sandbox?.calls).toContain('signal extension/quiet SIGKILL');
  expect(sandbox?.calls).not.toContain('signal extension/other SIGKILL');
});

test('an extension that exits fails the init phase with its exit status', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.extensionScripts = { agent: () => 3 };
  expect(await outcomeOf(fleet)).toMatchObject({
    errorType: 'Extension.Crash',
    errorMessage: expect.stringContaining('exit status 3'),
  });
});

test('an extension that reports an init error fails the init phase, with the type that it gave', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.extensionScripts = {
    agent: async (process) => {
      const id = await register(process, ['INVOKE']);
      await process.http('POST', `${api}/init/error`, {
        headers: { ...id, 'lambda-extension-function-error-type': 'Extension.NoConfig' },
        body: '{"errorMessage":"no config","errorType":"Extension.NoConfig"}',
      });
      return 1;
    },
  };
  expect(await outcomeOf(fleet)).toMatchObject({
    errorType: 'Extension.InitError',
    errorMessage: expect.stringContaining('Extension.NoConfig'),
  });
});

test('an extension that cannot be started fails the init phase', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  fleet.engine.extensionScripts = { agent: undefined as never };
  expect(await outcomeOf(fleet)).toMatchObject({
    errorType: 'Extension.LaunchError',
    errorMessage: expect.stringContaining('fork/exec /opt/extensions/agent: no such file or directory'),
  });
});

test('more extensions than Lambda starts fail the init phase', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  const names = Array.from({ length: limits.extensions + 1 }, (_, index) => `agent-${index}`);
  fleet.engine.extensionScripts = Object.fromEntries(names.map((name) => [name, extension([])]));
  expect(await outcomeOf(fleet)).toMatchObject({ errorType: 'Extension.TooManyExtensions' });
});

describe('an image', () => {
  const image = (more: object = {}) =>
    aFunctionVersion({ package: { kind: 'image', image: 'own', ...more }, revision: JSON.stringify(more) });

  /** A fleet whose engine has the image `own`. */
  function fleetWithImage(log: string[] = []): FleetUnderTest {
    const fleet = new FleetUnderTest(
      () => 1,
      0,
      (line) => void log.push(line.text),
    );
    fleet.engine.images.set('own', {
      image: 'sha256:1',
      entryPoint: ['/run'],
      command: ['app.handler'],
      workingDirectory: '/srv',
      environment: {},
    });
    return fleet;
  }

  test('runs with its own entry point and folder', async () => {
    await using fleet = fleetWithImage();
    expect(await outcomeOf(fleet, image())).toBe(1);
  });

  test.each([
    [{ workingDirectory: 'here' }, 'Runtime.InvalidWorkingDir', "the working directory 'here' is invalid"],
    [
      { workingDirectory: '/gone' },
      'Runtime.InvalidWorkingDir',
      "the working directory doesn't exist: /gone",
    ],
  ])('%j cannot be entered, and the log says what was started', async (more, errorType, message) => {
    const log: string[] = [];
    await using fleet = fleetWithImage(log);
    fleet.engine.missingFolders.add('/gone');
    expect(await outcomeOf(fleet, image(more))).toMatchObject({
      errorType,
      errorMessage: expect.stringContaining(message),
    });
    expect(log.join('\n')).toContain('/run');
  });

  test('whose program is missing fails with the name of the program', async () => {
    const log: string[] = [];
    await using fleet = fleetWithImage(log);
    fleet.engine.runtime = undefined as never;
    expect(await outcomeOf(fleet, image())).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringContaining("Couldn't find valid bootstrap(s): [/run]"),
    });
  });

  test('that the engine does not have ends the call with the reason', async () => {
    await using fleet = new FleetUnderTest(() => 1);
    expect(await outcomeOf(fleet, image())).toEqual({
      kind: 'platformFailed',
      reason: 'There is no image own.',
    });
  });
});

test('an init that takes longer than 10 seconds is done again with the first call, on its time', async () => {
  await using fleet = new FleetUnderTest(() => 1);
  const works = fleet.engine.runtime;
  let starts = 0;
  fleet.engine.runtime = (process) => {
    starts += 1;
    return starts === 1 ? process.hang() : works(process);
  };
  const call = fleet.call();
  await fleet.until(() => starts === 1);
  fleet.clock.advance(10_000);
  await fleet.until(() => starts === 2);
  expect((await call.ended).outcome).toMatchObject({ kind: 'succeeded' });
});

test('a sandbox that is lost while it works ends the call with the reason', async () => {
  await using fleet = new FleetUnderTest(() => new Promise(() => undefined));
  const call = fleet.call();
  await fleet.until((facts) => facts.some(({ state }) => state === 'invoking'));
  fleet.engine.sandboxes[0]?.kill('killed from outside');
  expect((await call.ended).outcome).toMatchObject({ kind: 'platformFailed' });
});
