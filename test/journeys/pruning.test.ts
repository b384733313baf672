import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunningApp } from '../support/app/running-app';
import { codeRuntime } from '../support/fakes/fake-code';
import { FakeEngine } from '../support/fakes/fake-engine';
import { Deployer } from '../support/functions/deployer';
import { TemporaryFolder } from '../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

function save(says: string): string {
  const code = join(folder.path, 'code');
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, 'app.py'), says);
  return code;
}

/** One run of lambdock, on the same data folder each time. */
function start(code: string): Promise<RunningApp> {
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  const file = { runtime: 'python3.13', handler: 'app.handler', code };
  return RunningApp.start({ functions: { file }, engine, flags: { data: join(folder.path, 'data') } });
}

const store = (...path: readonly string[]) => join(folder.path, 'data', 'store', ...path);
const marks = () =>
  ['code', 'zips'].flatMap((section) =>
    readdirSync(store(section))
      .filter((name) => name.endsWith('.unused'))
      .map((name) => store(section, name)),
  );

test('one run notes what saves and updates leave behind, and a later one removes it; all that is deployed stays', async () => {
  const code = save('first');
  {
    await using app = await start(code);
    app.foresee(/file is ready/);
    const deployer = new Deployer(app.client);
    await deployer.create('wired', 'one');
    await deployer.update('wired', 'two');
    await deployer.publish('wired');
    await deployer.update('wired', 'three');
    for (const says of ['second', 'third']) {
      save(says);
      while ((await app.invoke('file')).payload !== says) await new Promise(setImmediate);
    }
  }
  {
    await using _ = await start(code);
    // Two saves, and the first code of the other with its zip.
    while (marks().length < 4) await new Promise(setImmediate);
  }
  const left = marks();
  for (const mark of left) writeFileSync(mark, new Date(0).toISOString());
  await using app = await start(code);
  const paths = left.map((mark) => mark.slice(0, -'.unused'.length));
  while (paths.some((path) => existsSync(path)) || marks().length > 0) await new Promise(setImmediate);
  const payloads = ['file', 'wired', 'wired:1'].map(async (name) => (await app.invoke(name)).payload);
  expect(await Promise.all(payloads)).toEqual(['third', 'three', 'two']);
  expect(readdirSync(store('zips'))).toHaveLength(2);
  expect(readdirSync(store('code')).filter((name) => !name.endsWith('.json'))).toHaveLength(3);
});
