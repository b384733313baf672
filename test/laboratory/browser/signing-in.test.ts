import { fakeActs } from '../../journeys/fake-acts';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { functionsFolder } from '../../support/functions/functions-folder';
import { Browser } from '../../support/laboratory/browser';

const functions = {
  one: { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') },
};

function start(flags: Readonly<Record<string, string>>): Promise<RunningApp> {
  const engine = new FakeEngine();
  engine.runtime = fakeActs;
  return RunningApp.start({ functions, flags, engine });
}

describe('where signatures are required', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start({ auth: 'required', keys: 'AKIDEXAMPLE:secret' });
  }, 60_000);
  afterAll(() => app?.[Symbol.asyncDispose]());

  async function address(): Promise<string> {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    const { code, stdout, stderr } = await runCommand(['ui', '--endpoint', app.address], { environment });
    expect([code, stderr]).toEqual([0, '']);
    return stdout.trim();
  }

  test('a browser without a session gets no token, and the page says how to sign in', async () => {
    await using browser = await Browser.open();
    const { page } = browser;
    for (const path of ['/', '/_lambdock/ui', '/_lambdock/']) {
      await page.goto(`${app.address}${path}`);
      await page.getByRole('heading', { name: 'Sign in to lambdock' }).waitFor();
      await page.getByText('npx lambdock ui').waitFor();
      expect(await page.locator('meta[name=lambdock-token]').count()).toBe(0);
    }
    await page.goto(`${app.address}/_lambdock/ui?ticket=guessed`);
    await page.getByText('Print another one').waitFor();
  });

  test('the address that lambdock ui prints signs a browser in, once', async () => {
    const signIn = await address();
    await using browser = await Browser.open();
    const { page } = browser;
    await browser.visit(signIn);
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    expect(page.url()).toBe(`${app.address}/_lambdock/ui`);
    await page.goto(`${app.address}/_lambdock/ui#/functions/one`);
    await page.getByLabel('Event (JSON)').fill('{"hello": "world"}');
    await page.getByRole('button', { name: 'Invoke', exact: true }).click();
    await page.getByText('Status 200').waitFor();
    await page.getByRole('button', { name: 'Retire all' }).click();
    await page.getByText(/environments? retired/).waitFor();
    expect(browser.problems).toEqual([]);
    // The port's root leads there, too.
    await page.goto(`${app.address}/`);
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await using other = await Browser.open();
    await other.page.goto(signIn);
    await other.page.getByText('Print another one').waitFor();
  });

  test('a page whose session is over says how to sign in again', async () => {
    await using browser = await Browser.open();
    const { page } = browser;
    await browser.visit(await address());
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.context().clearCookies();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to lambdock' }).waitFor();
  });
});

test('a name in allowedHosts has the whole page, and another name is refused with the setting to change', async () => {
  await using app = await start({ host: '0.0.0.0', allowedHosts: 'lab.example' });
  const port = new URL(app.address).port;
  const args = ['--host-resolver-rules=MAP lab.example 127.0.0.1, MAP other.example 127.0.0.1'];
  await using browser = await Browser.open({ args });
  const { page } = browser;
  await browser.visit(`http://lab.example:${port}/#/functions/one`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.getByRole('button', { name: 'Invoke', exact: true }).click();
  await page.getByText('Status 200').waitFor();
  await page.getByRole('button', { name: 'Next call cold' }).click();
  await page.getByText('The next call starts a new environment.').waitFor();
  expect(browser.problems).toEqual([]);
  await page.goto(`http://other.example:${port}/`);
  await page.getByText(/add the name to allowedHosts/).waitFor();
});
