import type { SandboxSpec } from '../../../src/engine/engine';
import { SharedSpares, spareTotal } from '../../../src/execution/spares/shared-spares';
import { type SandboxKind, sandboxKind } from '../../../src/execution/spares/spare';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { TestClock } from '../../support/fakes/test-clock';
import { aFunctionVersion } from '../../support/functions/function-versions';

const kindOf = (name: string): SandboxKind => {
  const image = { image: name, entryPoint: [], command: [], workingDirectory: '/', environment: {} };
  return {
    key: name,
    name,
    image,
    spec: { image: name, ephemeralStorageMiB: 512, slots: true },
    isShared: true,
  };
};

class Subject implements AsyncDisposable {
  readonly engine = new FakeEngine();
  readonly clock = new TestClock();
  readonly failures: Error[] = [];
  readonly spares: SharedSpares;
  /** Sandboxes that are being made at the same time, at most. */
  most = 0;
  /** What they were made of, in order. */
  readonly order: string[] = [];

  constructor(total: number, minimum: ReadonlyMap<string, number> = new Map()) {
    const { clock, engine } = this;
    let making = 0;
    const createSandbox = async (spec: SandboxSpec) => {
      making += 1;
      this.most = Math.max(this.most, making);
      this.order.push(spec.image);
      await new Promise((resolve) => setImmediate(resolve));
      return engine.createSandbox(spec).finally(() => {
        making -= 1;
      });
    };
    const parts = { engine: { createSandbox }, clock, fail: (error: Error) => this.failures.push(error) };
    this.spares = new SharedSpares(parts, { total, minimum });
  }

  ready(kind: SandboxKind): number {
    return this.spares.ready.filter((spare) => spare.kind === kind).length;
  }

  /** Lets what is under way go on until as many are ready and nothing else is being made. */
  async until(ready: number): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet += 1) {
      if (this.spares.ready.length !== ready || this.engine.sandboxes.length < ready) quiet = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.spares.close();
    this.taken.forEach((remove) => void remove());
    expect(this.engine.sandboxes).toEqual([]);
  }

  readonly taken: (() => Promise<void>)[] = [];

  async take(kind: SandboxKind): Promise<string> {
    const taken = await this.spares.take(kind);
    this.taken.push(() => taken.sandbox.remove());
    return taken.coldStart;
  }
}

const python = kindOf('python3.13');
const node = kindOf('nodejs22.x');

test('150 functions of two images hold ten sandboxes at most, of each image some', async () => {
  await using subject = new Subject(10);
  for (let user = 0; user < 150; user += 1) subject.spares.use(user % 2 === 0 ? python : node, {}, 128);
  await subject.until(8);
  expect([subject.ready(python), subject.ready(node)]).toEqual([4, 4]);
});

test('with more kinds than the total allows, the most recently used ones have one each', async () => {
  await using subject = new Subject(3);
  const kinds = Array.from({ length: 5 }, (_, index) => kindOf(`kind${index}`));
  for (const kind of kinds) subject.spares.use(kind, {}, 128);
  await subject.until(3);
  const [first] = kinds;
  if (first === undefined) throw new Error('there are five');
  expect(subject.ready(first)).toBe(0);
  await subject.take(first);
  await subject.until(3);
  expect(subject.ready(first)).toBe(1);
});

test('a kind without a ready sandbox comes before a second one of another', async () => {
  await using subject = new Subject(10);
  subject.spares.use(python, {}, 128);
  subject.spares.use(node, {}, 128);
  await subject.until(8);
  expect(subject.order.slice(0, 3)).toContain('nodejs22.x');
});

test('a burst is served, then as many are kept ready as it took, and in the end as before', async () => {
  await using subject = new Subject(10);
  subject.spares.use(python, {}, 128);
  await subject.until(4);
  const starts = await Promise.all(Array.from({ length: 7 }, () => subject.take(python)));
  expect(starts.filter((start) => start === 'spare')).toHaveLength(4);
  expect(starts.filter((start) => start === 'on-demand')).toHaveLength(3);
  await subject.until(7);
  subject.clock.advance(61_000);
  await subject.until(4);
});

test('few are made at the same time ahead of need, and more for cold starts that wait', async () => {
  await using subject = new Subject(10);
  subject.spares.use(python, {}, 128);
  await subject.until(4);
  expect(subject.most).toBe(2);
  await Promise.all(Array.from({ length: 30 }, () => subject.take(python)));
  expect(subject.most).toBe(8);
});

test('cold starts that wait go before sandboxes made ahead', async () => {
  await using subject = new Subject(10);
  const letGo = subject.engine.holdCreation();
  subject.spares.use(python, {}, 128);
  const waiting = Array.from({ length: 3 }, () => subject.take(node));
  expect(subject.order.filter((image) => image === 'nodejs22.x')).toHaveLength(3);
  letGo();
  expect(await Promise.all(waiting)).toEqual(['on-demand', 'on-demand', 'on-demand']);
});

test('when the last user of a kind goes, so do its sandboxes', async () => {
  await using subject = new Subject(10);
  const [one, two] = [{}, {}];
  subject.spares.use(python, one, 128);
  subject.spares.use(python, two, 128);
  await subject.until(4);
  subject.spares.release(one);
  await subject.until(4);
  subject.spares.release(two);
  await subject.until(0);
  expect(subject.engine.sandboxes).toEqual([]);
});

test('a sandbox that has died while it waited is not used', async () => {
  await using subject = new Subject(1);
  subject.spares.use(python, {}, 128);
  await subject.until(1);
  subject.engine.sandboxes[0]?.kill();
  expect(await subject.take(python)).toBe('on-demand');
});

test('a failure ahead of need is reported once, and tried again after the next cold start', async () => {
  await using subject = new Subject(1);
  subject.engine.failNextCreation();
  subject.spares.use(python, {}, 128);
  while (subject.failures.length === 0) await new Promise((resolve) => setImmediate(resolve));
  subject.spares.replenish();
  expect(subject.engine.made).toHaveLength(0);
  expect(subject.failures.map(({ message }) => message)).toEqual(['No spare sandbox for python3.13']);
  expect(await subject.take(python)).toBe('on-demand');
  await subject.until(1);
});

test('a cold start whose sandbox cannot be made gets the error, and the next one another try', async () => {
  await using subject = new Subject(0);
  subject.engine.failNextCreation();
  const calls = [subject.take(python), subject.take(python)];
  const results = await Promise.allSettled(calls);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(subject.failures).toEqual([]);
});

test('a minimum is kept ready beyond the total', async () => {
  await using subject = new Subject(1, new Map([['python3.13', 6]]));
  subject.spares.use(python, {}, 128);
  await subject.until(6);
});

test('they are made with the largest memory size that their kind needs', async () => {
  await using subject = new Subject(1);
  subject.spares.use(python, {}, 512);
  subject.spares.use(python, {}, 256);
  await subject.until(1);
  expect(subject.engine.sandboxes.map(({ spec }) => spec.memoryMiB)).toEqual([512]);
});

test('an engine with little memory keeps fewer ready', () => {
  expect([spareTotal(10, 16_384), spareTotal(10, 800), spareTotal(10, 100), spareTotal(0, 16_384)]).toEqual([
    10, 5, 1, 0,
  ]);
});

describe('kinds', () => {
  const image = { image: 'sha256:1', entryPoint: [], command: [], workingDirectory: '/', environment: {} };
  const zip = (codeFolder: string) =>
    aFunctionVersion({
      package: { kind: 'zip', runtime: 'python3.13', handler: 'a.b', codeSha256: 'x', codeFolder },
    });

  test('functions of one runtime share a kind, whatever their code and memory size', () => {
    const one = sandboxKind(zip('/one'), image, true);
    const two = sandboxKind({ ...zip('/two'), memoryMiB: 512 }, image, true);
    expect(one.key).toBe(two.key);
    expect(one.spec).not.toHaveProperty('codeFolder');
    expect(sandboxKind({ ...zip('/one'), ephemeralStorageMiB: 1_024 }, image, true).key).not.toBe(one.key);
  });

  test('where code is mounted when a sandbox is made, each code is a kind', () => {
    const one = sandboxKind(zip('/one'), image, false);
    expect(one.spec).toMatchObject({ codeFolder: '/one' });
    expect(one.spec).not.toHaveProperty('slots');
    expect(sandboxKind(zip('/two'), image, false).key).not.toBe(one.key);
  });

  test('functions packaged as one image share a kind where their memory sizes are equal', () => {
    const version = aFunctionVersion({ package: { kind: 'image', image: 'mine:latest' } });
    const kind = sandboxKind(version, image, true);
    expect(kind.spec).not.toHaveProperty('slots');
    expect(sandboxKind({ ...version, functionName: 'other' }, image, true).key).toBe(kind.key);
    expect(sandboxKind({ ...version, memoryMiB: 512 }, image, true).key).not.toBe(kind.key);
  });
});
