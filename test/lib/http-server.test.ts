import { createServer } from 'node:http';
import { addressOf, closeServer, listen } from '../../src/lib/http-server';

test.each([
  ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
])('a server at %s has an address that clients here can use', async (host, address) => {
  const server = createServer((_, response) => response.end('here'));
  await listen(server, { port: 0, host });
  expect(addressOf(server)).toMatch(address);
  expect(await (await fetch(addressOf(server))).text()).toBe('here');
  await closeServer(server);
});

test('a port in use is an error of the listen call', async () => {
  const [one, two] = [createServer(), createServer()];
  await listen(one, { port: 0, host: '127.0.0.1' });
  const port = Number(new URL(addressOf(one)).port);
  await expect(listen(two, { port, host: '127.0.0.1' })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await closeServer(one);
});
