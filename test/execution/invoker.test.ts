import { Concurrency } from '../../src/execution/concurrency';
import { Invoker } from '../../src/execution/invoker';
import { FleetUnderTest } from '../support/fakes/fleet-under-test';
import { anInvocationRequest } from '../support/function-versions';

const withoutLimit = () => new Concurrency({ limit: 1_000, reserved: () => new Map() });

test('whoever waits for it to be idle hears of it when the last invocation has ended, and not before', async () => {
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

test('an invocation that was lost is not waited for', async () => {
  await using under = new FleetUnderTest(() => 1);
  const invoker = new Invoker(under.fleet, withoutLimit());
  under.engine.failNextCreation();
  await expect(invoker.invoke(anInvocationRequest())).rejects.toThrow('The sandbox ended at once.');
  await invoker.idle();
});
