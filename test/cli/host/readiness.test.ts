import { type Starting, waitUntilReady } from '../../../src/cli/host/readiness';
import { systemClock } from '../../../src/lib/clock';
import { RecordingServer } from '../../support/clients/recording-server';

const starting = (server: RecordingServer, more: Partial<Starting> = {}): Starting => ({
  connection: { endpoint: server.endpoint },
  clock: systemClock,
  alive: async () => true,
  output: async () => 'its last words',
  ...more,
});

const json = (value: unknown) => JSON.stringify(value);

test('is ready when it answers and no function is being prepared any more', async () => {
  await using server = await RecordingServer.start();
  const states = ['preparing', 'ready'];
  server.answer = ({ url }, response) => {
    // It takes connections before it can do anything with them.
    if (server.requests.length === 1) {
      response.writeHead(503).end(json({ Message: 'lambdock is starting.' }));
    } else if (url === '/_lambdock/health') response.end(json({ status: 'ok' }));
    else response.end(json({ functions: [{ name: 'hello', state: states.shift() }] }));
  };
  const steps: string[] = [];
  const functions = await waitUntilReady(starting(server), (step) => steps.push(step));
  expect(functions).toEqual([{ name: 'hello', state: 'ready' }]);
  expect(steps).toEqual(['waiting for its response', 'preparing hello']);
});

test('does not wait on where it is refused', async () => {
  await using server = await RecordingServer.start();
  server.answer = ({ url }, response) => {
    if (url === '/_lambdock/health') response.end(json({ status: 'ok' }));
    else response.writeHead(403).end(json({ message: 'Missing Authentication Token' }));
  };
  await expect(waitUntilReady(starting(server), () => undefined)).rejects.toThrow(
    'Missing Authentication Token.',
  );
});

test('does not wait for what has ended', async () => {
  const server = await RecordingServer.start();
  const gone = starting(server, { alive: async () => false });
  await server[Symbol.asyncDispose]();
  await expect(waitUntilReady(gone, () => undefined)).rejects.toThrow(
    'lambdock exited right after its start. It printed:\nits last words',
  );
});
