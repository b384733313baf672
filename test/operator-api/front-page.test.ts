import { request } from 'node:http';
import { frontPage } from '../../src/operator-api/front-page';
import { RunningApp } from '../support/app/running-app';
import { FakeEngine } from '../support/fakes/fake-engine';

const health = { version: '1.2.3', instance: 'x', engine: 'Docker 28', functions: 0 };
const parts = { health, token: 'secret', nonce: 'once', endpoint: 'http://localhost:9001' };

test('the page has the commands with the port for browsers without JavaScript', () => {
  const page = frontPage(parts);
  expect(page).toContain('npx lambdock invoke NAME -p &#39;{}&#39; --tail --port 9001');
  expect(page).toContain('curl -d &#39;{}&#39; http://localhost:9001/2015-03-31/functions/NAME/invocations');
});

test('the page has one script, by nonce, and the token', () => {
  const page = frontPage(parts);
  expect(page.match(/<script[^>]*>/g)).toEqual([
    '<script type="module" nonce="once" src="/_lambdock/ui/page.js">',
  ]);
  expect(page).toContain('<meta name="lambdock-token" content="secret">');
});

test('texts of others are escaped', () => {
  const bad = '"><script>alert("1")</script>';
  const page = frontPage({ ...parts, health: { ...health, engine: bad }, endpoint: `http://${bad}` });
  expect(page).not.toContain('<script>');
  expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;').length).toBeGreaterThan(3);
});

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A GET of a path as a browser or as another client sends it. */
function get(address: string, accept = '*/*'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = request(address, { headers: { accept } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject).end();
  });
}

const html = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';

describe('over HTTP', () => {
  test('a browser gets the page at /, every other client the answer of the API', async () => {
    await using app = await RunningApp.start({ engine: new FakeEngine(), functions: {} });
    const browser = await get(`${app.address}/`, html);
    expect(browser).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(browser.text).toContain('<title>lambdock</title>');
    const client = await get(`${app.address}/`);
    expect(client).toMatchObject({ status: 404, headers: { 'content-type': 'application/json' } });
  });

  test('the policy allows one script, whose nonce is new each time, and no other origin', async () => {
    await using app = await RunningApp.start({ engine: new FakeEngine(), functions: {} });
    const [first, second] = [
      await get(`${app.address}/_lambdock/ui`),
      await get(`${app.address}/_lambdock/ui`),
    ];
    const policy = String(first.headers['content-security-policy']);
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(first.text).toContain(`nonce="${nonce}"`);
    expect(second.text).not.toContain(`nonce="${nonce}"`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(first.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test("does not serve files outside of the page's folder", async () => {
    await using app = await RunningApp.start({ engine: new FakeEngine(), functions: {} });
    for (const name of ['main.js', '..%2fmain.js', '%2e%2e%2fapp.js', '.tsbuildinfo']) {
      expect(await get(`${app.address}/_lambdock/ui/${name}`)).toMatchObject({ status: 404 });
    }
  });
});
