import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(60_000);

/** Milliseconds for which nothing is asked of the function under test. */
const restMs = 1_000;
/** How often a timer that is due every 5 ms ticks in that time, at most. */
const dueTicks = restMs / 5;

interface Ticked {
  readonly ticks: number;
  readonly clock: number;
}

function start(freeze: boolean): Promise<RunningApp> {
  const shared = { code: functionsFolder('python'), runtime: 'python3.13', memorySize: 1_769, timeout: 20 };
  const node = { ...shared, runtime: 'nodejs22.x', code: functionsFolder('node') };
  return RunningApp.start({
    flags: { freeze: String(freeze) },
    settings: { spares: 0 },
    functions: {
      python: { ...shared, handler: 'limits.handler' },
      node: { ...node, handler: 'acts.handler' },
      other: { ...shared, handler: 'acts.handler' },
    },
  });
}

/** Ticks in the background while another function was running, and what the clock inside says of that time. */
async function between(app: RunningApp, name: string): Promise<Ticked> {
  await app.invoke(name, { act: 'ticking' });
  const before = (await app.invoke(name, { act: 'ticking' })).payload as Ticked;
  await app.invoke('other', { act: 'wait', seconds: restMs / 1_000 });
  const after = (await app.invoke(name, { act: 'ticking' })).payload as Ticked;
  return { ticks: after.ticks - before.ticks, clock: after.clock - before.clock };
}

describe.each(['python', 'node'])('a background timer of %s, due every 5 ms', (name) => {
  test('stops between invocations', async () => {
    await using app = await start(true);
    const { ticks, clock } = await between(app, name);
    expect(clock).toBeGreaterThan(restMs / 1_000);
    // What ticks until the runtime has asked for its next event does so on Lambda too.
    expect(ticks).toBeLessThan(dueTicks * 0.2);
  });

  test('keeps running if freezing is disabled', async () => {
    await using app = await start(false);
    const { ticks } = await between(app, name);
    expect(ticks).toBeGreaterThan(dueTicks * 0.4);
  });
});

describe('spares', () => {
  const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  const start = () => RunningApp.start({ settings: { spares: 1 }, functions: { acts } });
  const states = async (app: RunningApp) =>
    (
      (await (await fetch(`${app.address}/_lambdock/environments`)).json()) as {
        readonly environments: readonly { readonly state: string }[];
      }
    ).environments.map(({ state }) => state);
  const untilStates = async (app: RunningApp, check: (states: readonly string[]) => boolean) => {
    while (!check(await states(app))) await new Promise(setImmediate);
  };

  test('a cold start takes the spare, which is replaced', async () => {
    await using app = await start();
    await untilStates(app, (now) => now.includes('spare'));
    await app.invoke('acts');
    expect(await app.environments('acts')).toMatchObject([{ coldStart: 'spare', invocations: 1 }]);
    await untilStates(app, (now) => now.includes('spare'));
    await app.retire('acts');
    await app.invoke('acts');
    expect((await app.environments('acts')).at(-1)).toMatchObject({ coldStart: 'spare', fill: 'linked' });
  });

  test('a retired environment returns its container empty', async () => {
    await using app = await start();
    await untilStates(app, (now) => now.includes('spare'));
    await app.invoke('acts', { act: 'write', path: '/tmp/left', text: 'x' });
    const [first] = await app.environments('acts');
    await app.retire('acts');
    await untilStates(app, (now) => now.length === 2 && now.every((state) => state === 'spare'));
    const { payload, log } = await app.invoke('acts', { act: 'read', path: '/tmp/left' }, { tail: true });
    expect(payload).toMatchObject({ text: null });
    expect(log.some((line) => line.includes('Init Duration'))).toBe(true);
    const again = (await app.environments('acts')).find(({ engineId }) => engineId === first?.engineId);
    expect(again).toMatchObject({ coldStart: 'reused', invocations: 1 });
  });
});
