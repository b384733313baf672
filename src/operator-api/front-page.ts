import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type RequestHandler, Router, sendFile, skip } from '../control-plane/router';
import type { Health } from './contract';

/** Where `npm run build` puts the page: the same folder for sources and for what is compiled. */
const pageFolder = path.join(__dirname, '..', '..', 'dist', 'page');

const assets: ReadonlyMap<string, string> = new Map([
  ['page.js', 'text/javascript; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
  ['licenses.txt', 'text/plain; charset=utf-8'],
]);

/**
 * One script, by nonce, and nothing from elsewhere. What functions return and print is hostile: with trusted types a
 * mistake that would turn text into markup throws.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

const sharedHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

export interface FrontPage {
  readonly health: Omit<Health, 'status'>;
  /** What the page sends with each request that changes something. */
  readonly token: string;
  /** As the browser reached it, e.g. `http://localhost:9000`. */
  readonly endpoint: string;
  readonly nonce: string;
}

/** The page at `/`, and its script and style below `/ui`. */
export function pageRoutes(parts: {
  readonly health: () => Omit<Health, 'status'>;
  readonly token: string;
}): Router {
  const router = new Router();
  const page: RequestHandler = ({ headers }, response) => {
    const nonce = randomBytes(16).toString('base64');
    const endpoint = `http://${headers.host ?? 'localhost:9000'}`;
    response.writeHead(200, {
      ...sharedHeaders,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy(nonce),
      'Cache-Control': 'no-store',
    });
    response.end(frontPage({ health: parts.health(), token: parts.token, endpoint, nonce }));
  };
  router.get('/', page);
  router.get('/ui', page);
  router.get('/ui/:name', (request, response) => {
    const { name = '' } = request.params;
    const type = assets.get(name);
    if (type === undefined) return skip;
    const headers = { ...sharedHeaders, 'Content-Type': type, 'Cache-Control': 'no-cache' };
    return sendFile(request, response, path.join(pageFolder, name), headers);
  });
  return router;
}

/** The shell: what it says is replaced as soon as its script runs. */
export function frontPage({ health, token, endpoint, nonce }: FrontPage): string {
  const port = /:(\d+)$/.exec(endpoint)?.[1];
  const at = port === undefined || port === '9000' ? '' : ` --port ${port}`;
  const commands = [
    `curl -d '{}' ${endpoint}/2015-03-31/functions/NAME/invocations`,
    `npx lambdock invoke NAME -p '{}' --tail${at}`,
    `npx lambdock logs -f${at}`,
    `aws lambda list-functions --endpoint-url ${endpoint} --region us-east-1`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="lambdock-token" content="${escaped(token)}">
<title>lambdock</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_lambdock/ui/page.css">
<script type="module" nonce="${escaped(nonce)}" src="/_lambdock/ui/page.js"></script>
</head>
<body>
<div id="page"><main>
<h1>lambdock</h1>
<p>AWS Lambda on this machine: version ${escaped(health.version)}, on ${escaped(health.engine)}. This address speaks the Lambda API.</p>
<noscript><p>The page needs JavaScript. These commands do not:</p>
<pre>${commands.map(escaped).join('\n')}</pre></noscript>
</main></div>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
