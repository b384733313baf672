import { Concurrency } from '../../src/execution/concurrency';
import { Invoker } from '../../src/execution/invoker';
import { lineageOf } from '../../src/execution/lineage';
import type { ExecutionObserver } from '../../src/execution/observation/observer';
import { FleetUnderTest } from '../support/fakes/fleet-under-test';
import { aFunctionVersion, anInvocationRequest } from '../support/functions/function-versions';

const withoutLimit = () => new Concurrency({ limit: 1_000, reserved: () => new Map() });

test('idle resolves when the last invocation has ended, and not before', async () => {
  const open: (() => void)[] = [];
  await using under = new FleetUnderTest(async () => {
    await new Promise<void>((resolve) => open.push(resolve));
    return 1;
  });
  const invoker = new Invoker(under.fleet, withoutLimit());
  await invoker.idle();

  const endings = ['one', 'two'].map((requestId) => invoker.invoke(anInvocationRequest({ requestId })));
  await under.until(() => open.length === 2);
  const told: string[] = [];
  const idle = ['first', 'second'].map((who) => invoker.idle().then(() => told.push(who)));
  open[0]?.();
  await Promise.race(endings);
  await under.until((facts) => facts.some(({ state }) => state === 'ready'));
  expect(told).toEqual([]);
  open[1]?.();
  await Promise.all([...endings, ...idle]);
  expect(told).toEqual(['first', 'second']);
});

test('idle does not wait for a lost invocation', async () => {
  await using under = new FleetUnderTest(() => 1);
  const invoker = new Invoker(under.fleet, withoutLimit());
  under.engine.failNextCreation();
  await expect(invoker.invoke(anInvocationRequest())).rejects.toThrow('The sandbox ended at once.');
  await invoker.idle();
});

test('an observer sees the first bytes of a stream, and a request that failed', async () => {
  await using under = new FleetUnderTest(() => 1);
  const seen: string[] = [];
  const observer: ExecutionObserver = {
    arrived: ({ requestId }) => void seen.push(`${requestId} arrived`),
    throttled: ({ requestId }) => void seen.push(`${requestId} throttled`),
    responding: ({ requestId }) => void seen.push(`${requestId} responding`),
    failed: ({ requestId }) => void seen.push(`${requestId} failed`),
    environmentMade: () => {
      throw new Error('The fleet has no observer.');
    },
  };
  const invoker = new Invoker(under.fleet, withoutLimit(), observer);
  const written: string[] = [];
  const sink = {
    begin: (contentType: string) => void written.push(contentType),
    write: (chunk: Buffer) => written.push(chunk.toString()) > 0,
    onDrain: (callback: () => void) => callback(),
  };
  under.engine.runtime = async (process) => {
    const next = await process.http('GET', '/2018-06-01/runtime/invocation/next');
    const id = String(next.headers['lambda-runtime-aws-request-id']);
    await process.http('POST', `/2018-06-01/runtime/invocation/${id}/response`, {
      headers: { 'content-type': 'text/plain', 'lambda-runtime-function-response-mode': 'streaming' },
      body: 'chunk',
    });
    await process.http('GET', '/2018-06-01/runtime/invocation/next');
  };
  await invoker.invoke(anInvocationRequest({ requestId: 'one', sink }));
  expect(written).toEqual(['text/plain', 'chunk']);
  under.engine.failNextCreation();
  under.fleet.retire('hello');
  await under.until((facts) => facts.length === 0);
  await expect(invoker.invoke(anInvocationRequest({ requestId: 'two' }))).rejects.toThrow();
  expect(seen).toEqual(['one arrived', 'one responding', 'two arrived', 'two failed']);
});

test('an invocation in a loop is refused, unless its function allows loops', async () => {
  await using under = new FleetUnderTest(() => 1);
  const version = aFunctionVersion();
  const lineage = Array.from({ length: 17 }).reduce<string | undefined>(
    (before) => lineageOf(before, version.functionArn),
    undefined,
  );
  const request = anInvocationRequest({ version, traceId: `Root=1;Parent=1;Sampled=0;Lineage=${lineage}` });
  const invoke = (allowsLoops: () => boolean) =>
    new Invoker(under.fleet, withoutLimit(), undefined, allowsLoops).invoke(request);
  await expect(invoke(() => false)).rejects.toMatchObject({ code: 'RecursiveInvocationException' });
  expect((await invoke(() => true)).outcome.kind).toBe('succeeded');
});
