import { deferred } from '../../src/lib/deferred';
import { FleetUnderTest } from '../support/fakes/fleet-under-test';
import { aFunctionVersion } from '../support/functions/function-versions';

test('lists folders as long as a sandbox may use them, to the end of the last invocation', async () => {
  const gate = deferred<void>();
  await using fleet = new FleetUnderTest(() => gate.promise, 1);
  const [before, after] = ['before', 'after'].map((revision) =>
    aFunctionVersion({
      revision,
      package: {
        kind: 'zip',
        runtime: 'python3.13',
        handler: 'app.handler',
        codeSha256: 'x',
        codeFolder: `/code/${revision}`,
        layersFolder: `/opt/${revision}`,
      },
    }),
  );
  if (before === undefined || after === undefined) throw new Error('there are two');
  expect(fleet.fleet.folders()).toEqual(new Set());
  const running = fleet.call({}, before);
  await fleet.fleet.prepare(after);
  fleet.fleet.keep(before.functionArn, [after]);
  expect(fleet.fleet.folders()).toEqual(
    new Set(['/code/before', '/opt/before', '/code/after', '/opt/after']),
  );
  gate.resolve();
  await running.ended;
  while (fleet.fleet.folders().has('/code/before')) await new Promise((resolve) => setImmediate(resolve));
  expect(fleet.fleet.folders()).toEqual(new Set(['/code/after', '/opt/after']));
  fleet.fleet.keep(before.functionArn, []);
  while (fleet.fleet.folders().size > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(fleet.engine.sandboxes).toEqual([]);
});

test('spares of a replaced version serve the next one, so an edit creates no sandbox', async () => {
  await using fleet = new FleetUnderTest(() => 1, 2);
  const [before, after] = ['before', 'after'].map((revision) => aFunctionVersion({ revision }));
  if (before === undefined || after === undefined) throw new Error('there are two');
  await fleet.fleet.prepare(before);
  await fleet.until((facts) => facts.length === 2);
  const ids = fleet.engine.made.map(({ id }) => id);
  fleet.fleet.keep(before.functionArn, [after]);
  await fleet.fleet.prepare(after);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(fleet.engine.sandboxes.map(({ id }) => id)).toEqual(ids);
  await fleet.call({}, after).ended;
  expect(fleet.fleet.summaries().find(({ coldStart }) => coldStart)).toMatchObject({ coldStart: 'spare' });
});
