import { type BaseSource, Bases, type BasesSetting } from '../../../src/engine/docker/bases';
import { PullError } from '../../../src/engine/docker/pull';
import type { Candidate, Origin } from '../../../src/engine/docker/runtime-images';
import { runtimeCandidates, runtimeRows } from '../../../src/engine/docker/runtime-images';
import { EngineError } from '../../../src/engine/engine';
import { deferred } from '../../../src/lib/deferred';

const [aws, hub] = ['public.ecr.aws/lambda/python:3.13', 'python:3.13-slim'];
const silent = () => undefined;

/** An engine's images and two registries, by what they hold. Without a registry's list it is out of reach. */
class ScriptedShelf implements BaseSource {
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

  async referenceOf({ origin, plan }: Candidate): Promise<string> {
    return `${plan.name}-on-${origin}`;
  }

  async makeBase(): Promise<void> {
    if (!this.canMakeBases) throw new EngineError('runtime-unavailable', 'mmdebstrap is not installed here');
  }
}

function candidatesOf(runtime: string): readonly Candidate[] {
  const row = runtimeRows.find((each) => each.runtime === runtime);
  if (!row) throw new Error(runtime);
  return runtimeCandidates(row, 'x86_64');
}

async function chosen(
  shelf: BaseSource,
  setting: BasesSetting = 'auto',
  runtime = 'python3.13',
): Promise<Origin> {
  const { origin } = await new Bases(shelf, setting).choose(runtime, candidatesOf(runtime), silent);
  return origin;
}

test('the most faithful base that can be had is taken', async () => {
  const shelf = new ScriptedShelf();
  expect(await chosen(shelf)).toBe('debian');
  shelf.offered.hub = [hub];
  expect(await chosen(shelf)).toBe('docker-hub');
  shelf.offered.aws = [aws];
  expect(await chosen(shelf)).toBe('aws');
});

test('a base that the engine has needs no registry', async () => {
  const shelf = new ScriptedShelf();
  shelf.images.add(hub);
  expect(await chosen(shelf)).toBe('docker-hub');
  expect(shelf.pulls).toEqual([aws]);
});

test('an image that was made before is used, and nobody is asked', async () => {
  const shelf = new ScriptedShelf();
  shelf.offered.aws = [aws];
  shelf.images.add('python3.13-on-debian');
  expect(await chosen(shelf)).toBe('debian');
  expect(shelf.pulls).toEqual([]);
});

test.each<readonly [BasesSetting, Origin]>([
  ['aws', 'aws'],
  ['docker-hub', 'docker-hub'],
  ['debian', 'debian'],
])('the setting %s leaves no other choice', async (setting, origin) => {
  const shelf = new ScriptedShelf();
  shelf.offered.aws = [aws];
  shelf.offered.hub = [hub];
  for (const other of ['aws', 'docker-hub', 'debian']) {
    if (other !== origin) shelf.images.add(`python3.13-on-${other}`);
  }
  expect(await chosen(shelf, setting)).toBe(origin);
});

test('a registry that is out of reach is asked once, even by many at a time', async () => {
  const shelf = new ScriptedShelf();
  const gate = deferred<void>();
  shelf.gate = gate.promise;
  const bases = new Bases(shelf, 'auto');
  const choices = ['python3.13', 'nodejs22.x', 'nodejs24.x'].map((each) =>
    bases.choose(each, candidatesOf(each), silent),
  );
  gate.resolve();
  const origins = (await Promise.all(choices)).map(({ origin }) => origin);
  expect(origins).toEqual(['debian', 'debian', 'debian']);
  await bases.choose('nodejs20.x', candidatesOf('nodejs20.x'), silent);
  expect(shelf.pulls).toEqual([aws, hub]);
});

test('a registry that lacks one image is asked for the next', async () => {
  const shelf = new ScriptedShelf();
  shelf.offered.aws = ['public.ecr.aws/lambda/nodejs:24'];
  const bases = new Bases(shelf, 'aws');
  await expect(bases.choose('python3.13', candidatesOf('python3.13'), silent)).rejects.toThrow(
    `public.ecr.aws has no ${aws} (manifest unknown)`,
  );
  expect(await bases.choose('nodejs24.x', candidatesOf('nodejs24.x'), silent)).toMatchObject({
    origin: 'aws',
  });
});

test('without any base, the error names what was tried and what would help', async () => {
  const failure = await chosen(new ScriptedShelf(), 'auto', 'python3.12').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineError);
  expect(failure).toMatchObject({ kind: 'runtime-unavailable' });
  expect((failure as EngineError).message).toMatchInlineSnapshot(`
"No base for python3.12 can be had here:
  - public.ecr.aws cannot be reached (no such host)
  - docker.io cannot be reached (no such host)
  - Debian's packages do not offer it, only python3.11 and python3.13
Make one of these images known to the engine, with \`docker pull\` where its registry is reachable, else with \`docker load\`: public.ecr.aws/lambda/python:3.12, python:3.12-slim."
`);
});

test('without mmdebstrap, the error says to install it', async () => {
  const shelf = new ScriptedShelf();
  shelf.canMakeBases = false;
  const failure = chosen(shelf, 'debian');
  await expect(failure).rejects.toMatchObject({ kind: 'runtime-unavailable' });
  await expect(failure).rejects.toThrow(
    /mmdebstrap is not installed here[\s\S]*install mmdebstrap where lambdock runs/,
  );
  await expect(failure).rejects.toThrow('choose other `bases` than debian (auto, aws, docker-hub)');
});

test('a fault of the engine is not taken for a missing image', async () => {
  const shelf = new ScriptedShelf();
  shelf.pull = () => Promise.reject(new Error('the engine is gone'));
  await expect(chosen(shelf)).rejects.toThrow('the engine is gone');
});
