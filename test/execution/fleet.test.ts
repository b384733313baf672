import { deferred } from '../../src/lib/deferred';
import { FleetUnderTest } from '../support/fleet-under-test';
import { aFunctionVersion } from '../support/function-versions';

test('folders are told for as long as a sandbox may have them: to the end of the last invocation', async () => {
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
