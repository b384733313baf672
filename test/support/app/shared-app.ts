import type { LambdaClient } from '@aws-sdk/client-lambda';
import { codeRuntime } from '../fakes/fake-code';
import { FakeEngine } from '../fakes/fake-engine';
import { Deployer } from '../functions/deployer';
import { RunningApp } from './running-app';

/** What the tests of one file share, from their beginning to their end; to be asked for within tests and hooks. */
export interface SharedApp {
  readonly app: RunningApp;
  readonly client: LambdaClient;
  readonly deployer: Deployer;
  readonly send: LambdaClient['send'];
}

/** Starts an app for all tests of a file, and ends it after them. */
export function sharedApp(start: () => Promise<RunningApp>): SharedApp {
  let app: RunningApp | undefined;
  beforeAll(async () => {
    app = await start();
  }, 60_000);
  afterAll(() => app?.[Symbol.asyncDispose]());
  const started = () => {
    if (app === undefined) throw new Error('The app of this file has not been started yet.');
    return app;
  };
  let deployer: Deployer | undefined;
  return {
    get app() {
      return started();
    },
    get client() {
      return started().client;
    },
    get deployer() {
      deployer ??= new Deployer(started().client);
      return deployer;
    },
    send: (command: never) => started().client.send(command),
  };
}

type Start = Parameters<typeof RunningApp.start>[0];

/** With nothing deployed, on an engine whose functions do what their code says: see `codeRuntime`. */
export function emptyApp(
  more: Omit<Start, 'functions' | 'engine'> & { readonly equip?: (engine: FakeEngine) => void } = {},
): Promise<RunningApp> {
  const { equip, ...options } = more;
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  equip?.(engine);
  return RunningApp.start({ functions: {}, engine, ...options });
}
