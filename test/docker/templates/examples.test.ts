import { join } from 'node:path';
import { GenericContainer, Network, type StartedNetwork, Wait } from 'testcontainers';
import { RunningApp } from '../../support/app/running-app';
import { runtimeImage } from '../../support/engine/runtime-image';

jest.setTimeout(180_000);

const root = join(__dirname, '..', '..', '..');
const width = 2_400;
const height = 1_600;

/** Serves one picture of 11 MB, in a format that needs no library to be written. */
const pictures = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

picture = b"P6 ${width} ${height} 255\\n" + os.urandom(${width * 3}) * ${height}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        self.wfile.write(picture)

print("serving", flush=True)
HTTPServer(("", 8000), Handler).serve_forever()
`;

let network: StartedNetwork;
let app: RunningApp;

beforeAll(async () => {
  network = await new Network().start();
  app = await RunningApp.start({
    template: join(root, 'lambdock.yaml'),
    flags: { network: network.getName() },
    // Pillow is fetched once, and not for each run.
    keepStore: true,
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await network?.stop();
});

test('the thumbnail of a picture from the compose network, with Pillow from its layer', async () => {
  await using _pictures = await new GenericContainer(await runtimeImage('python3.13'))
    .withEntrypoint(['/var/lang/bin/python3.13'])
    .withCommand(['-c', pictures])
    .withNetwork(network)
    .withNetworkAliases('pictures')
    .withWaitStrategy(Wait.forLogMessage('serving'))
    .start();
  const { payload, log } = await app.invoke(
    'thumbnail',
    { url: 'http://pictures:8000/large.ppm' },
    { tail: true },
  );
  expect(payload).toMatchObject({
    original: { format: 'PPM', width, height, bytes: width * height * 3 + 17 },
    thumbnail: { format: 'JPEG', width: 256, height: 171, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    invocations: 1,
    context: { functionName: 'thumbnail', functionVersion: '$LATEST', memoryLimitMb: 512 },
    environment: { THUMBNAIL_SIZE: '256', AWS_EXECUTION_ENV: 'AWS_Lambda_python3.13' },
  });
  expect(log).toContain(`${width} x ${height} pixels became 256 x 171`);
});

test('a picture that the function makes, and one in the event', async () => {
  const generate = { width: 3_000, height: 2_000 };
  const made = await app.invoke('thumbnail', { generate, size: 100 });
  expect(made.payload).toMatchObject({
    original: { format: 'JPEG', ...generate },
    thumbnail: { width: 100, height: 67 },
  });
  const { original } = made.payload as { readonly original: { readonly bytes: number } };
  expect(original.bytes).toBeGreaterThan(1_000_000);

  const pixel = Buffer.concat([Buffer.from('P6 2 1 255\n'), Buffer.from([255, 0, 0, 0, 0, 255])]);
  const given = await app.invoke('thumbnail', { image: pixel.toString('base64') });
  expect(given.payload).toMatchObject({ original: { width: 2, height: 1, bytes: pixel.length } });
});

test('an event without a picture is an error of the handler', async () => {
  const { payload, functionError } = await app.invoke('thumbnail', {});
  expect({ payload, functionError }).toMatchObject({
    payload: { errorType: 'ValueError', errorMessage: 'The event has no "image", "url" or "generate".' },
    functionError: 'Unhandled',
  });
});

test('the greeting, with a module from its layer, counts its invocations', async () => {
  const first = await app.invoke('greeting', { name: 'Ada' });
  const second = await app.invoke('greeting', {});
  expect(first.payload).toMatchObject({
    message: 'Hello, Ada!',
    timeLeft: expect.stringMatching(/^\d seconds?$/),
    invocations: 1,
    context: { functionName: 'greeting', memoryLimitMb: 128, requestId: first.requestId },
    environment: { GREETING: 'Hello', AWS_REGION: 'us-east-1' },
  });
  expect(second.payload).toMatchObject({ message: 'Hello, world!', invocations: 2 });
});
