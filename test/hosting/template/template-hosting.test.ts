import type { WantedFunction } from '../../../src/functions/template/wanted';
import { TemplateHosting } from '../../../src/hosting/template/template-hosting';
import { deferred } from '../../../src/lib/deferred';

const wanted = (name: string) => [{ name } as WantedFunction];

test('the last request wins, also when an earlier one ends later', async () => {
  const slow = deferred<void>();
  const attached: string[] = [];
  const hosting = new TemplateHosting(
    { apply: ([first]) => (first?.name === 'old' ? slow.promise : Promise.resolve()), hold: () => undefined },
    { apply: async ([first]) => void attached.push(first?.name ?? '') },
    { replace: () => undefined },
  );
  const old = hosting.apply(wanted('old'));
  await hosting.apply(wanted('new'));
  slow.resolve();
  await old;
  expect(attached).toEqual(['new']);
});

test('applies one request at a time, and goes on after one that fails', async () => {
  const held = deferred<void>();
  let underWay = 0;
  let most = 0;
  const hosting = new TemplateHosting(
    { apply: async () => undefined, hold: () => undefined },
    {
      apply: async ([first]) => {
        underWay += 1;
        most = Math.max(most, underWay);
        if (first?.name === 'one') await held.promise;
        underWay -= 1;
        if (first?.name === 'one') throw new Error('no');
      },
    },
    { replace: () => undefined },
  );
  const one = hosting.apply(wanted('one'));
  await new Promise((resolve) => setImmediate(resolve));
  const other = hosting.apply(wanted('other'));
  held.resolve();
  await expect(one).rejects.toThrow('no');
  await other;
  expect(most).toBe(1);
});
