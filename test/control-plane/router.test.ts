import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Router, sendFile, skip } from '../../src/control-plane/router';
import { RoutedServer } from '../support/clients/routed-server';
import { TemporaryFolder } from '../support/lib/temporary-folder';

let router: Router;
let server: RoutedServer;

beforeEach(async () => {
  router = new Router();
  server = await RoutedServer.start(router);
});

afterEach(() => server[Symbol.asyncDispose]());

const ask = (path: string, method = 'GET') => server.ask(path, method);

test.each([
  ['/below', 'top'],
  ['/below/', 'top'],
  ['/below/list', 'list'],
  ['/below/list/', 'list'],
  ['/below/list?x=1', 'list'],
  ['/below/items/a%20b', 'item a b'],
  ['/below/items/a/parts/b', 'a b'],
])('%s is answered by the route of its path', async (path, text) => {
  router.get('/', (_request, response) => response.end('top'));
  router.get('/list', (_request, response) => response.end('list'));
  router.get('/items/:id', ({ params }, response) => response.end(`item ${params.id}`));
  router.get('/items/:id/parts/:part', ({ params }, response) => response.end(`${params.id} ${params.part}`));
  expect(await ask(path)).toBe(`200 ${text}`);
});

test.each([
  ['/below/list', 'POST'],
  ['/below/lists', 'GET'],
  ['/below/list/x', 'GET'],
  ['/below/x/list', 'GET'],
  ['/below/items/%E0%A4', 'GET'],
])('leaves %s (%s) unanswered without a route of its path and method', async (path, method) => {
  router.get('/list', (_request, response) => response.end('list'));
  router.get('/items/:id', ({ params }, response) => response.end(params.id));
  expect(await ask(path, method)).toBe('404 no route');
});

test('a handler sees the whole address', async () => {
  router.get('/list', ({ url }, response) => response.end(url));
  expect(await ask('/below/list?x=1')).toBe('200 /below/list?x=1');
});

test('takes the routes of another router', async () => {
  const other = new Router();
  other.post('/list', (_request, response) => response.end('posted'));
  router.use(other);
  expect(await ask('/below/list', 'POST')).toBe('200 posted');
});

test('continues with the next route if a handler skips', async () => {
  router.get('/:name', () => skip);
  router.get('/list', (_request, response) => response.end('second'));
  expect(await ask('/below/list')).toBe('200 second');
  expect(await ask('/below/other')).toBe('404 no route');
});

test('reads the query; a parameter that is there several times is a list', async () => {
  router.get('/', ({ query }, response) => response.end(JSON.stringify(query)));
  expect(await ask('/below?a=1&b=x%20y&a=2&a=3&toString=z&c')).toBe(
    '200 {"a":["1","2","3"],"b":"x y","toString":"z","c":""}',
  );
});

test('rejects with what a handler throws', async () => {
  router.get('/', async () => {
    throw new Error('broken');
  });
  expect(await ask('/below')).toBe('500 broken');
});

test('sends a file with its length, and its head alone to HEAD; skips one that does not exist', async () => {
  await using folder = await TemporaryFolder.make();
  await writeFile(join(folder.path, 'a.txt'), 'content');
  router.get('/:name', (request, response) =>
    sendFile(response, join(folder.path, request.params.name ?? ''), {
      'Content-Type': 'text/plain',
    }),
  );
  expect(await ask('/below/a.txt')).toBe('200 content');
  expect(await ask('/below/b.txt')).toBe('404 no route');
  const head = await server.send('/below/a.txt', 'HEAD');
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '7', '']);
});
