import { RunningApp } from '../../support/app/running-app';
import { EngineProxy } from '../../support/engine/engine-proxy';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(60_000);

test('when the engine stops, warm functions go on, cold starts fail with the reason, and recover later', async () => {
  await using engine = await EngineProxy.start();
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 20,
  };
  await using app = await RunningApp.start({
    settings: { spares: 0 },
    flags: { dockerHost: engine.address },
    functions: { warm: { ...acts, memorySize: 1_769 }, cold: acts },
  });
  expect((await app.invoke('warm', { act: 'count' })).payload).toBe(1);

  await engine.goAway();
  app.foresee(/engine\.sock/);
  expect((await app.invoke('warm', { act: 'count' }, { tail: true })).payload).toBe(2);
  const refused = app.invoke('cold', { act: 'count' });
  await expect(refused).rejects.toMatchObject({
    name: 'ServiceException',
    message: expect.stringMatching(/^cold: No engine found at \S+engine\.sock: .+ Start Docker or Podman/),
    $metadata: { httpStatusCode: 500 },
  });
  // Nor does a runtime that has to be started anew need the engine: the init does it.
  expect((await app.invoke('warm', { act: 'leave', code: 1 })).payload).toMatchObject({
    errorType: 'Runtime.ExitError',
  });
  expect((await app.invoke('warm', { act: 'count' })).payload).toBe(1);

  await engine.comeBack();
  expect((await app.invoke('cold', { act: 'count' })).payload).toBe(1);
});
