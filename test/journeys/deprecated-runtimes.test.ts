import { RunningApp } from '../support/app/running-app';
import { FakeEngine } from '../support/fakes/fake-engine';
import { lambdaRuntime } from '../support/fakes/fake-runtime';
import { functionsFolder } from '../support/functions/functions-folder';

test('warns once of a runtime that AWS has deprecated, however many functions use it', async () => {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((_event, { count }) => count);
  const written = { runtime: 'nodejs16.x', handler: 'index.handler', code: functionsFolder('node') };
  await using app = await RunningApp.start({
    engine,
    functions: { one: written, two: written, three: { ...written, runtime: 'nodejs24.x' } },
  });
  await Promise.all(['one', 'two', 'three'].map((name) => app.invoke(name)));
  const [text] = await app.prints(/^(?:.|\n)*$/);
  expect(text.match(/warning: .* is deprecated by AWS.*/g)).toEqual([
    expect.stringMatching(/^warning: nodejs16\.x is deprecated by AWS since 2024-06-12\. It runs here, but /),
  ]);
});
