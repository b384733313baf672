import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { fakeActs } from '../../journeys/fake-acts';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { functionsFolder } from '../../support/functions/functions-folder';
import { Browser } from '../../support/laboratory/browser';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let app: RunningApp;
let folder: TemporaryFolder;

beforeAll(async () => {
  const engine = new FakeEngine();
  engine.runtime = fakeActs;
  const one = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  folder = await TemporaryFolder.make();
  app = await RunningApp.start({ functions: { one }, engine });
}, 60_000);
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** Runs a command; resolves to the address of its plot. */
async function plotOf(...words: readonly string[]): Promise<string> {
  const { code, stderr } = await runCommand([...words, '--endpoint', app.address]);
  const [, address] = /^Plot: (\S+)$/m.exec(stderr) ?? [];
  if (code !== 0 || address === undefined) throw new Error(stderr);
  return address;
}

async function scenario(name: string, requests: number): Promise<string> {
  const file = join(folder.path, `${name}.yaml`);
  await writeFile(
    file,
    `name: ${name}\nphases: [{burst: {function: one, requests: ${requests}, within: 100ms}}]\nassertions: [no throttles]\n`,
  );
  return plotOf('scenario', 'run', file, '--json', join(folder.path, `${name}.json`));
}

/** How many plots of the page have something drawn in them. */
function inkedPlots(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll('canvas')].filter((canvas) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
        };
        return data.some((value) => value !== 0);
      }).length,
  );
}

test('a scenario run is plotted, and compared with another one', async () => {
  await scenario('before', 5);
  const after = await scenario('after', 8);
  await using browser = await Browser.open();
  const { page } = browser;
  await browser.visit(after);
  await page.getByRole('heading', { level: 1, name: 'after' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'no throttles' }).filter({ hasText: 'passed' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'Requests' }).filter({ hasText: '8' }).waitFor();
  expect(await inkedPlots(page)).toBe(2);
  const choice = page.getByLabel('Compare with');
  const before = await choice.locator('option', { hasText: 'before' }).getAttribute('value');
  await choice.selectOption(before);
  await page.getByRole('columnheader', { name: 'The other run' }).waitFor();
  await page.getByRole('row', { name: /Requests 8 5/ }).waitFor();
  expect(await inkedPlots(page)).toBe(2);
  expect(browser.problems).toEqual([]);
});

test('a tuning is plotted, with the best sizes in its table', async () => {
  const plot = await plotOf('tune', 'one', '--runs', '2', '--memory', '128,256,512');
  await using browser = await Browser.open();
  const { page } = browser;
  await browser.visit(plot);
  await page.getByRole('heading', { level: 1, name: 'Tuning of one' }).waitFor();
  await page.getByRole('row').filter({ hasText: '128 MB' }).filter({ hasText: 'cheapest' }).waitFor();
  expect(await inkedPlots(page)).toBe(1);
  expect(browser.problems).toEqual([]);
});

test('files of earlier runs are opened, and others are named', async () => {
  await scenario('kept', 3);
  await using browser = await Browser.open();
  const { page } = browser;
  await browser.visit(`${app.address}/#/results`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  const other = join(folder.path, 'other.json');
  await writeFile(other, '{"some": "thing"}');
  await page.getByLabel('Open files').setInputFiles([join(folder.path, 'kept.json'), other]);
  await page.getByText('other.json is not the JSON of a scenario run').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'kept.json' });
  await row.getByRole('link', { name: 'kept' }).click();
  await page.getByRole('heading', { level: 1, name: 'kept' }).waitFor();
  expect(await inkedPlots(page)).toBe(2);
  expect(browser.problems).toEqual([]);
});
