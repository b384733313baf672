import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { setDeadlines } from '../../../src/engine/docker/deadlines';
import { TestClock } from '../../support/fakes/test-clock';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A client of an engine that answers so, with time that passes when the request has come. */
async function asked(
  answer: Answer,
  ask: (docker: Docker) => Promise<unknown>,
  passMs: number,
): Promise<unknown> {
  const clock = new TestClock();
  const server = createServer((request, response) => {
    answer(request, response);
    clock.advance(passMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const docker = new Docker({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    setDeadlines(docker, 'tcp://engine:2375', clock);
    return await ask(docker).catch((error: unknown) => error);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const never: Answer = () => undefined;

test.each<[string, (docker: Docker) => Promise<unknown>]>([
  ['inspect its state within 20 s', (docker) => docker.info()],
  ['inspect its state within 20 s', (docker) => docker.listContainers()],
  ['create a container within 45 s', (docker) => docker.createContainer({ Image: 'x' })],
  ['start a container within 60 s', (docker) => docker.getContainer('x').start()],
  ['remove a container within 10 s', (docker) => docker.getContainer('x').remove({ force: true })],
  ['limit a container within 20 s', (docker) => docker.getContainer('x').update({})],
  ['remove a network within 5 s', (docker) => docker.getNetwork('x').remove()],
  ['do something within 60 s', (docker) => docker.createNetwork({ Name: 'x' })],
])('an engine that never answers is said not to %s', async (sentence, ask) => {
  expect(await asked(never, ask, 60_001)).toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(
      new RegExp(`^The engine at tcp://engine:2375 did not answer the request to ${sentence}\\. Check `),
    ),
  });
});

test('a response that stops in the middle fails', async () => {
  const half: Answer = (_, response) => response.writeHead(200, { 'content-length': 100 }).write('{"NCPU":');
  expect(await asked(half, (docker) => docker.info(), 20_001)).toMatchObject({ kind: 'unreachable' });
});

test('a response in time succeeds, and so does a refusal', async () => {
  const answer: Answer = (_, response) => response.writeHead(200).end('{"NCPU":2}');
  expect(await asked(answer, (docker) => docker.info(), 19_000)).toEqual({ NCPU: 2 });
  const refusal: Answer = (_, response) => response.writeHead(500).end('{"message":"no"}');
  expect(await asked(refusal, (docker) => docker.info(), 0)).toMatchObject({ statusCode: 500 });
});

test('the wait for the end of a container has no deadline', async () => {
  let finish = () => {};
  const late: Answer = (_, response) => {
    finish = () => response.writeHead(200).end('{"StatusCode":0}');
    setImmediate(() => finish());
  };
  const wait = (docker: Docker) => docker.getContainer('x').wait({ condition: 'removed' });
  expect(await asked(late, wait, 86_400_000)).toEqual({ StatusCode: 0 });
});

test('reads the stream of a build to its end, also when it breaks off', async () => {
  const read = async (docker: Docker) => {
    const stream = await docker.buildImage(Readable.from(['']), { t: 'x' });
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    await new Promise(setImmediate);
    return text;
  };
  const whole: Answer = (_, response) => response.writeHead(200).end('{"stream":"done"}');
  expect(await asked(whole, read, 0)).toBe('{"stream":"done"}');
  const broken: Answer = (_, response) => {
    response.writeHead(200).write('half');
    setImmediate(() => response.destroy());
  };
  expect(await asked(broken, read, 0)).toMatchObject({ message: expect.any(String) });
});
