import { type BaseSource, Bases } from '../../../../src/engine/docker/images/bases';
import { PullError } from '../../../../src/engine/docker/images/pull';
import type { Recipe } from '../../../../src/engine/docker/images/recipe';
import {
  type Candidate,
  initCandidates,
  runtimeCandidates,
  runtimeRows,
} from '../../../../src/engine/docker/images/runtime-images';
import { EngineError } from '../../../../src/engine/engine';
import { deferred } from '../../../../src/lib/deferred';
import { parseBases } from '../../../../src/runtimes/bases';

const [aws, hub] = ['public.ecr.aws/lambda/python:3.13', 'python:3.13-slim'];
const silent = () => undefined;

/** An engine's images and two registries, by what they hold. Without a registry's list it is out of reach. */
class ScriptedSource implements BaseSource {
  readonly images = new Set<string>();
  readonly offered: { aws?: readonly string[]; hub?: readonly string[] } = {};
  canMakeBases = true;
  readonly pulls: string[] = [];
  /** Pulls wait for it, where it is set. */
  gate: Promise<void> | undefined;

  async has(reference: string): Promise<boolean> {
    return this.images.has(reference);
  }

  async pull(reference: string): Promise<void> {
    this.pulls.push(reference);
    await this.gate;
    const offered = reference.startsWith('public.ecr.aws/') ? this.offered.aws : this.offered.hub;
    if (!offered) throw new PullError('unreachable', 'no such host');
    if (!offered.includes(reference)) throw new PullError('missing', 'manifest unknown');
    this.images.add(reference);
  }

  async planOf({ base, plan }: Candidate): Promise<Recipe | undefined> {
    if (typeof plan !== 'function') return plan;
    if (base.kind !== 'registry' || !this.images.has(base.reference)) return undefined;
    return plan({ id: 'sha256:1', hasRuntime: true }, 'debian');
  }

  async referenceOf({ name, arguments: { BASE } }: Recipe): Promise<string> {
    if (BASE === undefined || typeof BASE === 'string') throw new Error(name);
    return `${name}-on-${BASE.kind === 'registry' ? BASE.reference : 'debian'}`;
  }

  async makeBase(): Promise<void> {
    if (!this.canMakeBases) throw new EngineError('runtime-unavailable', 'mmdebstrap is not installed here');
  }
}

function choiceOf(setting: string) {
  const choice = parseBases(setting);
  if (!choice) throw new Error(setting);
  return choice;
}

function candidatesOf(runtime: string, setting = 'auto'): readonly Candidate[] {
  const row = runtimeRows.find((each) => each.runtime === runtime);
  if (!row) throw new Error(runtime);
  return runtimeCandidates(row, 'x86_64', choiceOf(setting));
}

async function chosen(source: BaseSource, setting = 'auto', runtime = 'python3.13'): Promise<string> {
  const { origin } = await new Bases(source).choose(runtime, candidatesOf(runtime, setting), silent);
  return origin;
}

test('takes the most faithful base that is available', async () => {
  const source = new ScriptedSource();
  expect(await chosen(source)).toBe('debian');
  source.offered.hub = [hub];
  expect(await chosen(source)).toBe('docker-hub');
  source.offered.aws = [aws];
  expect(await chosen(source)).toBe('aws');
});

test('a base in the engine needs no registry', async () => {
  const source = new ScriptedSource();
  source.images.add(hub);
  expect(await chosen(source)).toBe('docker-hub');
  expect(source.pulls).toEqual([aws]);
});

test('uses an image that was built before without a request', async () => {
  const source = new ScriptedSource();
  source.offered.aws = [aws];
  source.images.add('python3.13-on-debian');
  expect(await chosen(source)).toBe('debian');
  expect(source.pulls).toEqual([]);
});

test.each(['aws', 'docker-hub', 'debian'])('the setting %s leaves no other choice', async (origin) => {
  const source = new ScriptedSource();
  source.offered.aws = [aws];
  source.offered.hub = [hub];
  const made = { aws, 'docker-hub': hub, debian: 'debian' };
  for (const [other, base] of Object.entries(made)) {
    if (other !== origin) source.images.add(`python3.13-on-${base}`);
  }
  expect(await chosen(source, origin)).toBe(origin);
});

test('requests an unreachable registry once, also for many images', async () => {
  const source = new ScriptedSource();
  const gate = deferred<void>();
  source.gate = gate.promise;
  const bases = new Bases(source);
  const choices = ['python3.13', 'nodejs22.x', 'nodejs24.x'].map((each) =>
    bases.choose(each, candidatesOf(each), silent),
  );
  gate.resolve();
  const origins = (await Promise.all(choices)).map(({ origin }) => origin);
  expect(origins).toEqual(['debian', 'debian', 'debian']);
  await bases.choose('nodejs20.x', candidatesOf('nodejs20.x'), silent);
  expect(source.pulls).toEqual([aws, hub]);
});

test('requests the next image from a registry that lacks one', async () => {
  const source = new ScriptedSource();
  source.offered.aws = ['public.ecr.aws/lambda/nodejs:24'];
  const bases = new Bases(source);
  await expect(bases.choose('python3.13', candidatesOf('python3.13', 'aws'), silent)).rejects.toThrow(
    `public.ecr.aws has no ${aws} (manifest unknown)`,
  );
  expect(await bases.choose('nodejs24.x', candidatesOf('nodejs24.x', 'aws'), silent)).toMatchObject({
    origin: 'aws',
  });
});

test('without any base, the error names what was tried and what would help', async () => {
  const failure = await chosen(new ScriptedSource(), 'aws,docker-hub', 'python3.12').catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(EngineError);
  expect(failure).toMatchObject({ kind: 'runtime-unavailable' });
  expect((failure as EngineError).message).toMatchInlineSnapshot(`
"No base image for python3.12 is available:
  - public.ecr.aws cannot be reached (no such host)
  - docker.io cannot be reached (no such host)
Do one of the following:
  - Pull or load one of these images into the engine: public.ecr.aws/lambda/python:3.12, python:3.12-slim.
  - Add debian to the setting \`bases\`.
  - Name an image of your own that has the runtime: \`bases: python3.12=IMAGE\`."
`);
});

test('without mmdebstrap, the error says to install it', async () => {
  const source = new ScriptedSource();
  source.canMakeBases = false;
  const failure = await chosen(source, 'debian').catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'runtime-unavailable' });
  expect((failure as EngineError).message).toMatchInlineSnapshot(`
"No base image for python3.13 is available:
  - mmdebstrap is not installed here
Do one of the following:
  - Install mmdebstrap on the machine where lambdock runs.
  - Add aws or docker-hub to the setting \`bases\`.
  - Name an image of your own that has the runtime: \`bases: python3.13=IMAGE\`."
`);
});

test('an image of the user`s own is taken for its runtime, and is pulled where the engine lacks it', async () => {
  const source = new ScriptedSource();
  const setting = 'python3.13=mine:1, debian';
  source.offered.hub = ['mine:1'];
  expect(await chosen(source, setting)).toBe('own');
  expect(await chosen(source, setting, 'python3.11')).toBe('debian');
  expect(source.pulls).toEqual(['mine:1']);
});

test.each([
  ['python3.13=mine:1', 'mine:1'],
  ['mirror.test/{family}:{version}, debian', 'mirror.test/python:3.13'],
])('%s wins over an image that is made on another base', async (setting, base) => {
  const source = new ScriptedSource();
  source.images.add('python3.13-on-debian').add(base);
  expect(await chosen(source, setting)).toBe('own');
  source.images.delete(base);
  expect(await chosen(source, setting)).toBe('debian');
  expect(source.pulls).toContain(base);
});

test('a pattern names an image for every runtime; what it lacks comes from the next source', async () => {
  const source = new ScriptedSource();
  source.images.add('mirror.test/lambda/nodejs:22');
  const setting = 'mirror.test/lambda/{family}:{version} docker-hub';
  expect(await chosen(source, setting, 'nodejs22.x')).toBe('own');
  source.offered.hub = [hub];
  expect(await chosen(source, setting)).toBe('docker-hub');
  expect(source.pulls).toEqual(['mirror.test/lambda/python:3.13', hub]);
});

test("names the user's unreachable image in the error", async () => {
  const failure = chosen(new ScriptedSource(), 'mirror.test/{runtime}');
  await expect(failure).rejects.toThrow('mirror.test cannot be reached (no such host)');
  await expect(failure).rejects.toThrow('Add aws or docker-hub or debian to the setting `bases`.');
});

test('compilers come from the sources that the setting names, and from all where it names none', () => {
  const originsOf = (setting: string) => initCandidates(choiceOf(setting)).map(({ origin }) => origin);
  expect(originsOf('debian')).toEqual(['debian']);
  expect(originsOf('mirror.test/{runtime}')).toEqual(['aws', 'docker-hub', 'debian']);
});

test('does not take an engine fault for a missing image', async () => {
  const source = new ScriptedSource();
  source.pull = () => Promise.reject(new Error('the engine is gone'));
  await expect(chosen(source)).rejects.toThrow('the engine is gone');
});

test('.NET needs an image of AWS, and the error says so', async () => {
  const failure = async (choice: string) =>
    chosen(new ScriptedSource(), choice, 'dotnet8').then(
      () => 'a base',
      (error: unknown) => (error as EngineError).message,
    );
  expect(await failure('docker-hub,debian')).toMatchInlineSnapshot(`
"No base image for dotnet8 is available: no source in the setting \`bases\` has one.
Do one of the following:
  - Add aws to the setting \`bases\`.
  - Name an image of your own that has the runtime: \`bases: dotnet8=IMAGE\`."
`);
  expect(await failure('auto')).toMatchInlineSnapshot(`
"No base image for dotnet8 is available:
  - public.ecr.aws cannot be reached (no such host)
Do one of the following:
  - Pull or load one of these images into the engine: public.ecr.aws/lambda/dotnet:8.
  - Name an image of your own that has the runtime: \`bases: dotnet8=IMAGE\`."
`);
});
