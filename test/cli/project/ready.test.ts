import { runCommand } from '../../support/app/command';
import { RecordingServer } from '../../support/clients/recording-server';

const row = (name: string, state: string) => ({
  name,
  state,
  memorySize: 128,
  timeout: 3,
  ephemeralStorage: 512,
  ...(state === 'failed' && { reason: 'no code' }),
});

test('wait ends with 0 as soon as every function is ready', async () => {
  await using server = await RecordingServer.start();
  let asked = 0;
  server.answer = (_, response) => {
    asked += 1;
    const state = asked < 3 ? 'preparing' : 'ready';
    response.end(JSON.stringify({ functions: [row('hello', state)], notices: [] }));
  };
  const ended = await runCommand(['wait', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hello .* ready$/m) });
  expect(asked).toBe(3);
});

test('wait for named functions does not wait for others', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { functions: [row('hello', 'ready'), row('other', 'preparing')], notices: [] });
  const at = ['--endpoint', server.endpoint, '--timeout', '0'];
  expect(await runCommand(['wait', 'hello', ...at])).toMatchObject({ code: 0 });
  expect(await runCommand(['wait', ...at])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Not ready after 0 s: preparing: other.'),
  });
  expect((await runCommand(['wait', 'third', ...at])).stderr).toContain('not deployed: third');
});

test('wait ends with 1 and the reason where a function has failed', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { functions: [row('hello', 'failed')], notices: [] });
  expect(await runCommand(['wait', '--endpoint', server.endpoint])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('hello: no code'),
  });
});

test('wait ends with 2 where nothing responds', async () => {
  expect(await runCommand(['wait', '--endpoint', 'http://127.0.0.1:1', '--timeout', '0'])).toMatchObject({
    code: 2,
    stderr:
      'lambdock: Not ready after 0 s: lambdock does not respond. Raise --timeout, or look at: npx lambdock list\n',
  });
});
