import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import type { InvocationDetails } from '../../../src/operator-api/contract';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { Browser } from '../../support/laboratory/browser';

let app: RunningApp;

beforeAll(async () => {
  const python = { runtime: 'python3.13', timeout: 30 };
  app = await RunningApp.start({
    functions: {
      acts: { ...python, handler: 'acts.handler', code: functionsFolder('python') },
      markup: { ...python, handler: 'app.handler', code: functionsFolder('markup') },
    },
  });
}, 120_000);
afterAll(() => app?.[Symbol.asyncDispose]());

function open(hash = ''): Promise<Browser> {
  return Browser.at(`${app.address}/${hash}`, (page) =>
    page.getByRole('status').filter({ hasText: 'Live' }).waitFor(),
  );
}

test('the editor invokes a function and shows its response and the log tail', async () => {
  await using browser = await open('#/functions/acts');
  const { page } = browser;
  await page.getByLabel('Event (JSON)').fill('{"hello": "world"}');
  await page.getByRole('button', { name: 'Invoke', exact: true }).click();
  await page.getByText('Status 200').waitFor();
  expect(await page.getByLabel('Response').textContent()).toBe('{\n  "hello": "world"\n}');
  expect(await page.getByLabel('Log tail').textContent()).toMatch(
    /^START RequestId: [\s\S]*REPORT RequestId: /,
  );
  // It is among the last events, and there again after a reload.
  await page.reload();
  await page.getByRole('option', { name: '{"hello": "world"}' }).waitFor({ state: 'attached' });
  expect(browser.problems).toEqual([]);
});

test('an error of a function is shown with its type, message and stack', async () => {
  await using browser = await open('#/functions/acts');
  const { page } = browser;
  await page.getByLabel('Event (JSON)').fill('{"act": "fail", "message": "no luck"}');
  await page.getByRole('button', { name: 'Invoke', exact: true }).click();
  await page.getByText('Error (Unhandled)').waitFor();
  await page.getByText('ValueError: no luck').first().waitFor();
  expect(await page.getByLabel('Stack trace').textContent()).toContain('in fail');
});

test('an event that is not JSON is not sent, and the page says why', async () => {
  await using browser = await open('#/functions/acts');
  const { page } = browser;
  await page.getByLabel('Event (JSON)').fill('{hello}');
  await page.getByText(/not valid JSON/).waitFor();
  expect(await page.getByRole('button', { name: 'Invoke', exact: true }).isDisabled()).toBe(true);
});

test('a function is found, invoked and looked into with the keyboard alone', async () => {
  await using browser = await open();
  const { page } = browser;
  const { keyboard } = page;
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await page.getByRole('link', { name: 'acts' }).waitFor();
  for (let presses = 0; (await focused()) !== 'acts'; presses += 1) {
    expect(presses).toBeLessThan(30);
    await keyboard.press('Tab');
  }
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'acts' }).waitFor();
  for (let presses = 0; (await page.evaluate(() => document.activeElement?.id)) !== 'event'; presses += 1) {
    expect(presses).toBeLessThan(30);
    await keyboard.press('Tab');
  }
  await keyboard.press('Control+A');
  await keyboard.type('{"typed": 1}');
  await keyboard.press('Control+Enter');
  await page.getByText('Status 200').waitFor();
  for (let presses = 0; (await focused()) !== 'Waterfall'; presses += 1) {
    expect(presses).toBeLessThan(30);
    await keyboard.press('Tab');
  }
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /^Invocation/ }).waitFor();
  await page.getByRole('img', { name: /^acts / }).waitFor();
});

test('a cold start is in the timeline with its cause as it happens, and its waterfall has its init', async () => {
  await app.retire('acts');
  await using browser = await open('#/timeline?function=acts');
  const { page } = browser;
  await app.invoke('acts', {});
  const row = page.getByRole('row').filter({ hasText: 'cold: retired' });
  await row.getByRole('link').click();
  await page.getByText('cold: retired').waitFor();
  await page.getByText('Phases as a table').click();
  for (const phase of ['Sandbox', 'Runtime init', 'Handler']) {
    await page.getByRole('cell', { name: phase, exact: true }).waitFor();
  }
  await page.getByText(/^START RequestId/).waitFor();
  expect(browser.problems).toEqual([]);
});

test('event source mappings are listed as they are stored, and the page says that none is polled', async () => {
  await using browser = await open('#/event-sources');
  const { page } = browser;
  await page.getByText('No event source mappings are stored.').waitFor();
  const source = 'arn:aws:sqs:us-east-1:000000000000:jobs';
  await app.client.send(
    new CreateEventSourceMappingCommand({ FunctionName: 'acts', EventSourceArn: source, BatchSize: 5 }),
  );
  const row = page.getByRole('row').filter({ hasText: source });
  await row.filter({ hasText: 'Enabled' }).filter({ hasText: 'not polled' }).waitFor();
  await page.getByText('does not poll their sources').waitFor();
  await row.getByRole('link', { name: 'acts' }).click();
  await page.getByRole('heading', { level: 1, name: 'acts' }).waitFor();
});

test('a profiled cold start shows its imports in the waterfall and as a flame graph', async () => {
  await using browser = await open('#/functions/acts');
  const { page } = browser;
  await page.getByRole('button', { name: 'Profile a cold start' }).click();
  await page.getByRole('heading', { level: 2, name: 'Imports' }).waitFor();
  await page.getByRole('img', { name: /^Imports, / }).waitFor();
  await page.getByText('Phases as a table').click();
  await page
    .getByRole('cell', { name: /^import / })
    .first()
    .waitFor();
  expect(browser.problems).toEqual([]);
});

test('logs are followed, filtered, and lead to the waterfall', async () => {
  await using browser = await open('#/logs');
  const { page } = browser;
  const { requestId } = await app.invoke('acts', {});
  const lines = page.getByLabel('Log lines');
  await lines.getByText(`START RequestId: ${requestId}`).waitFor();
  await page.getByLabel('Contains').fill('report requestid');
  await lines.getByText(`START RequestId: ${requestId}`).waitFor({ state: 'detached' });
  await lines
    .locator('.line')
    .filter({ hasText: `REPORT RequestId: ${requestId}` })
    .getByTitle('Waterfall')
    .click();
  await page.getByRole('heading', { name: `Invocation ${requestId.slice(0, 8)}` }).waitFor();
});

test('starts are brought about from the page: cold, warmed and retired', async () => {
  await app.invoke('acts', {});
  await using browser = await open('#/functions/acts');
  const { page } = browser;
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const isCold = async () => {
    const { requestId } = await app.invoke('acts', {});
    const answer = await fetch(`${app.address}/_lambdock/invocations/${requestId}`);
    return ((await answer.json()) as InvocationDetails).invocation.isCold;
  };
  await press('Next call cold');
  await page.getByText('The next call starts a new environment.').waitFor();
  expect(await isCold()).toBe(true);
  await press('Retire all');
  await page.getByText(/^\d environments? retired/).waitFor();
  await page.getByLabel('Environments wanted').fill('2');
  await press('Scale');
  await page.getByText('2 environments: 2 started, 0 ended.').waitFor();
  expect(await isCold()).toBe(false);
});

test('markup that a function prints, returns and raises stays text in every view', async () => {
  await using browser = await open('#/functions/markup');
  const { page } = browser;
  const main = page.getByRole('main');
  const markup = '<script>globalThis.ran = 1</script>';
  const clean = async () => {
    expect(await main.locator('script, img, b, [onload], [onerror], [href^=javascript]').count()).toBe(0);
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
  };
  await page.getByRole('button', { name: 'Invoke', exact: true }).click();
  await page.getByText('Status 200').waitFor();
  expect(await page.getByLabel('Response').textContent()).toContain(markup);
  expect(await page.getByLabel('Log tail').textContent()).toContain(markup);
  await clean();
  await page.getByLabel('Event (JSON)').fill('{"fail": true}');
  await page.getByRole('button', { name: 'Invoke', exact: true }).click();
  await page.getByText('Error (Unhandled)').waitFor();
  await clean();
  await page.getByRole('link', { name: 'Waterfall' }).click();
  await page.getByLabel('Log of this invocation').filter({ hasText: markup }).waitFor();
  await clean();
  await page.getByRole('link', { name: 'Show in Logs' }).click();
  await page.getByLabel('Log lines').getByText(markup).first().waitFor();
  // What would obey on a terminal is written out, and colours are left out.
  await page.getByLabel('Log lines').getByText('red ␛[2J␇ done').waitFor();
  await clean();
  await page.getByRole('link', { name: 'Timeline' }).click();
  await page.getByRole('row').filter({ hasText: 'error' }).first().waitFor();
  await clean();
  expect(browser.problems).toEqual([]);
});

test('text cannot become markup or the address of a script even by mistake', async () => {
  await using browser = await open();
  const refused = await browser.page.evaluate(() => {
    const caught = (act: () => void) => {
      try {
        act();
        return 'allowed';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const script = document.createElement('script');
    return [
      caught(() => {
        document.body.innerHTML = '<b>markup</b>';
      }),
      caught(() => {
        script.src = '/_lambdock/ui/page.js';
      }),
    ];
  });
  expect(refused).toEqual(['TypeError', 'TypeError']);
});

test('a page of this origin without the token changes nothing', async () => {
  await using browser = await open();
  const statuses = await browser.page.evaluate(() =>
    Promise.all(
      [
        '/_lambdock/functions/acts/retire',
        '/_lambdock/queue/purge',
        '/_lambdock/reload',
        '/2015-03-31/functions/acts/invocations',
      ].map(async (path) => (await fetch(path, { method: 'POST', body: '{}' })).status),
    ),
  );
  expect(statuses).toEqual([403, 403, 403, 403]);
});

test('everything comes from lambdock itself', async () => {
  await using browser = await Browser.open();
  const { page } = browser;
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${app.address}/`) && !url.startsWith('data:')) elsewhere.push(url);
  });
  await browser.visit(`${app.address}/`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  for (const view of ['Timeline', 'Logs', 'Deployments', 'Queue', 'Event sources', 'Results', 'Functions']) {
    await page.getByRole('link', { name: view }).click();
    await page.getByRole('heading', { level: 1, name: view }).waitFor();
  }
  expect(elsewhere).toEqual([]);
});
