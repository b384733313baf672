import { request } from 'node:http';
import { frontPage } from '../../src/operator-api/front-page';
import { FakeEngine } from '../support/fakes/fake-engine';
import { RunningApp } from '../support/running-app';

const health = { version: '1.2.3', instance: 'x', engine: 'Docker 28', functions: 0 };
const row = {
  name: 'hello',
  packageType: 'Zip' as const,
  runtime: 'python3.13',
  memorySize: 128,
  timeout: 3,
  ephemeralStorage: 512,
  state: 'ready' as const,
  arn: 'arn',
};

test('the page lists the functions and the commands with the port', () => {
  const page = frontPage({
    health,
    list: { functions: [row], notices: [] },
    endpoint: 'http://localhost:9001',
  });
  expect(page).toContain(
    '<td>hello</td><td>python3.13</td><td>128 MB</td><td>3 s</td><td class="ready">ready</td>',
  );
  expect(page).toContain('npx lambdock invoke hello -p &#39;{}&#39; --tail --port 9001');
  expect(page).toContain('curl -d &#39;{}&#39; http://localhost:9001/2015-03-31/functions/hello/invocations');
});

test('texts of users are escaped, and there is no script', () => {
  const bad = '<script>alert("1")</script>';
  const page = frontPage({
    health,
    list: {
      functions: [{ ...row, state: 'failed', name: bad, runtime: bad, reason: bad }],
      notices: [{ text: bad }],
    },
    endpoint: `http://${bad}`,
  });
  expect(page).not.toContain('<script');
  expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;').length).toBeGreaterThan(4);
});

/** A GET of `/` as a browser or as another client sends it. */
function get(address: string, accept: string) {
  return new Promise<{ status: number | undefined; type: string | undefined; text: string }>(
    (resolve, reject) => {
      const outgoing = request(address, { headers: { accept } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            type: response.headers['content-type'],
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      outgoing.on('error', reject).end();
    },
  );
}

test('a browser gets the page at /, every other client the answer of the API', async () => {
  await using app = await RunningApp.start({ engine: new FakeEngine(), functions: {} });
  const browser = await get(`${app.address}/`, 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8');
  expect(browser).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  expect(browser.text).toContain('None yet.');
  const client = await get(`${app.address}/`, '*/*');
  expect(client).toMatchObject({ status: 404, type: 'application/json' });
});
