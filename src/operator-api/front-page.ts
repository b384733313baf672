import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { PageSessions } from '../control-plane/auth/page-sessions';
import { answering } from '../control-plane/edge';
import { type RequestHandler, Router, sendFile, skip } from '../control-plane/router';
import type { Health, SignIn } from './contract';
import { given } from './query';

/** Output folder of `npm run build`. The path is the same for sources and for compiled files. */
const pageFolder = path.join(__dirname, '..', '..', 'dist', 'page');

const assets: ReadonlyMap<string, string> = new Map([
  ['page.js', 'text/javascript; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
  ['licenses.txt', 'text/plain; charset=utf-8'],
]);

/**
 * Allows one script, by nonce, and nothing from other origins. Functions return and print hostile text: with trusted
 * types, code that turns text into markup throws.
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
};

/** Browsers accept this header only from trustworthy origins and log an error for others. */
function openerPolicy(host = ''): Readonly<Record<string, string>> {
  const isTrusted = /^(localhost|.+\.localhost|127\.[0-9.]+|\[::1\])(:\d+)?$/.test(host);
  return isTrusted ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {};
}

export interface FrontPage {
  readonly health: Omit<Health, 'status'>;
  /** Token that the page sends with each request that changes something. */
  readonly token: string;
  /** Address that the browser used, for example `http://localhost:9000`. */
  readonly endpoint: string;
  readonly nonce: string;
}

/** Serves the page at `/`, its script and style below `/ui`, and the sign-in of browsers. */
export function pageRoutes(parts: {
  readonly health: () => Omit<Health, 'status'>;
  readonly token: string;
  /** Absent if signatures are not required. */
  readonly sessions?: PageSessions;
}): Router {
  const router = new Router();
  const { sessions } = parts;
  const page: RequestHandler = (request, response) => {
    const { headers, query, url = '' } = request;
    const nonce = randomBytes(16).toString('base64');
    const send = (status: number, html: string) => {
      response.writeHead(status, {
        ...sharedHeaders,
        ...openerPolicy(headers.host),
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': policy(nonce),
        'Cache-Control': 'no-store',
      });
      response.end(html);
    };
    const toPage = (cookies: readonly string[]) =>
      response
        .writeHead(303, { ...sharedHeaders, Location: '/_lambdock/ui', 'Set-Cookie': [...cookies] })
        .end();
    const endpoint = `http://${headers.host ?? 'localhost:9000'}`;
    if (sessions !== undefined) {
      const ticket = given(query.ticket);
      const cookies = ticket === undefined ? undefined : sessions.redeem(ticket, request);
      if (cookies !== undefined) return toPage(cookies);
      if (headers.authorization === undefined && !sessions.holds(request)) {
        // Session cookies are for paths below `/_lambdock`, and the front door has rewritten the root path to this one.
        if (!url.startsWith('/_lambdock/ui')) return toPage([]);
        return send(403, signInPage({ endpoint, hadTicket: ticket !== undefined }));
      }
    }
    return send(200, frontPage({ health: parts.health(), token: parts.token, endpoint, nonce }));
  };
  router.get('/', page);
  router.get('/ui', page);
  router.post(
    '/sign-in',
    answering(() => {
      const query = sessions === undefined ? '' : `?ticket=${sessions.issue()}`;
      const body: SignIn = { path: `/_lambdock/ui${query}` };
      return { status: 200, body };
    }),
  );
  router.get('/ui/:name', (request, response) => {
    const { name = '' } = request.params;
    const type = assets.get(name);
    if (type === undefined) return skip;
    const headers = { ...sharedHeaders, 'Content-Type': type, 'Cache-Control': 'no-cache' };
    return sendFile(response, path.join(pageFolder, name), headers);
  });
  return router;
}

/** The shell of the page. The script replaces its text. */
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

/** The page that a browser gets if signatures are required. */
function signInPage({
  endpoint,
  hadTicket,
}: {
  readonly endpoint: string;
  readonly hadTicket: boolean;
}): string {
  const port = /:(\d+)$/.exec(endpoint)?.[1];
  const at = port === undefined || port === '9000' ? '' : ` --port ${port}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sign in · lambdock</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_lambdock/ui/page.css">
</head>
<body>
<main>
<h1>Sign in to lambdock</h1>
${hadTicket ? '<p class="notice" role="alert">This address was opened already, or is more than a minute old. Print another one.</p>' : ''}
<p>This lambdock requires signed requests (<code>auth: required</code>), and a browser does not sign. Print an address that signs this browser in, with a key that lambdock knows, and open it within a minute:</p>
<pre>AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET npx lambdock ui${escaped(at)}</pre>
</main>
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
