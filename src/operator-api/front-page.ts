import type { FunctionList, FunctionRow, Health } from './contract';

export interface FrontPage {
  readonly health: Omit<Health, 'status'>;
  readonly list: FunctionList;
  /** As the browser reached it, e.g. `http://localhost:9000`. */
  readonly endpoint: string;
}

/** No script, nothing from elsewhere: the page is static. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fff}' +
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd}' +
  'pre{background:#f4f4f4;padding:.8rem;overflow:auto}.failed{color:#b00020}.preparing{color:#8a6d00}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}pre{background:#2a2a2a}th,td{border-color:#444}.failed{color:#ff6b81}}';

/** The page that a browser sees at `/`: what this is, the functions, and how to call them. */
export function frontPage({ health, list, endpoint }: FrontPage): string {
  const { functions, notices } = list;
  const example = functions.find(({ state }) => state === 'ready')?.name ?? 'NAME';
  const port = /:(\d+)$/.exec(endpoint)?.[1];
  const at = port === undefined || port === '9000' ? '' : ` --port ${port}`;
  const commands = [
    `curl -d '{}' ${endpoint}/2015-03-31/functions/${example}/invocations`,
    `npx lambdock invoke ${example} -p '{}' --tail${at}`,
    `npx lambdock logs -f${at}`,
    `aws lambda list-functions --endpoint-url ${endpoint} --region us-east-1`,
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>lambdock</title><style>${style}</style></head>
<body>
<h1>lambdock</h1>
<p>AWS Lambda on this machine: version ${escaped(health.version)}, on ${escaped(health.engine)}. This address speaks the Lambda API. It is not a website.</p>
${notices.map(({ text }) => `<p class="failed">${escaped(text)}</p>\n`).join('')}<h2>Functions</h2>
${functions.length === 0 ? '<p>None yet. Add one to lambdock.yaml, or deploy a folder: <code>npx lambdock deploy FOLDER</code></p>' : table(functions)}
<h2>Commands</h2>
<pre>${commands.map(escaped).join('\n')}</pre>
</body>
</html>
`;
}

function table(functions: readonly FunctionRow[]): string {
  const row = ({ name, runtime, image, memorySize, timeout, state, reason }: FunctionRow) =>
    `<tr><td>${escaped(name)}</td><td>${escaped(runtime ?? image ?? '')}</td><td>${memorySize} MB</td><td>${timeout} s</td>` +
    `<td class="${state}">${state}${reason === undefined ? '' : `: ${escaped(reason)}`}</td></tr>`;
  return `<table>
<tr><th>Function</th><th>Runs on</th><th>Memory</th><th>Timeout</th><th>State</th></tr>
${functions.map(row).join('\n')}
</table>`;
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
