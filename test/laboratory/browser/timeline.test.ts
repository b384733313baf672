import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { Browser } from '../../support/laboratory/browser';
import { pageData, pageNowMs } from '../../support/laboratory/page-data';
import { PageServer } from '../../support/laboratory/page-server';

const laneHeight = 20;

/** An hour of 1,000 environments. */
const data = pageData({ environments: 1_000, invocationsEach: 20, spanMs: 3_600_000 });

let server: PageServer;
beforeAll(async () => {
  server = await PageServer.start(data);
});
afterAll(() => server[Symbol.asyncDispose]());

function open(): Promise<Browser> {
  return Browser.at(
    `${server.address}/_lambdock/ui#/timeline`,
    async (page) => {
      await page.getByText(/the last 50 of/).waitFor();
      await page.getByRole('button', { name: 'Fit' }).click();
      await page.getByText(/the last 50 of \d{5}/).waitFor();
    },
    { nowMs: pageNowMs },
  );
}

const canvasOf = (page: Page) => page.getByRole('application', { name: 'Timeline of environments' });
const lanesDrawn = async (page: Page) => Number(await canvasOf(page).getAttribute('data-lanes'));

/** How much of the drawing has another colour than the background, in the lanes. */
function inked(page: Page): Promise<number> {
  return canvasOf(page).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const context = canvas.getContext('2d');
    const { data: pixels } = context?.getImageData(220, 30, canvas.width - 220, canvas.height - 30) ?? {
      data: [],
    };
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 255) < 200) count += 1;
    return count;
  });
}

/** Waits until the canvas shows another part of time. */
async function movedFrom(page: Page, from: string | null): Promise<void> {
  await page.waitForFunction((before) => document.querySelector('canvas')?.dataset.from !== before, from);
}

test('of 1,000 environments only the lanes that are visible are drawn, wherever it is scrolled to', async () => {
  await using browser = await open();
  const { page } = browser;
  const box = page.locator('.timeline');
  const height = await box.evaluate((element) => element.clientHeight);
  const total = await box.evaluate((element) => element.scrollHeight);
  expect(total).toBeGreaterThanOrEqual(1_000 * laneHeight);
  for (const top of [0, 7_777, total - height]) {
    await box.evaluate((element, to) => element.scrollTo({ top: to }), top);
    await page.waitForFunction((to) => document.querySelector('canvas')?.dataset.top === String(to), top);
    expect(await lanesDrawn(page)).toBeLessThanOrEqual(Math.ceil(height / laneHeight) + 1);
    expect(await lanesDrawn(page)).toBeGreaterThan(5);
    expect(await inked(page)).toBeGreaterThan(1_000);
  }
});

test('keys choose an environment and its invocation, and open the waterfall', async () => {
  await using browser = await open();
  const { page } = browser;
  await canvasOf(page).focus();
  await page.keyboard.press('ArrowDown');
  const [first] = data.timeline.environments.filter(({ functionName }) => functionName === 'orders');
  await page.getByText(`${first?.id.slice(0, 8)} of orders, version $LATEST`).waitFor();
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await page.getByText('Invocation', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Invocation 00000000' }).waitFor();
  expect(page.url()).toContain('#/invocations/00000000-0001-');
});

test('zoom, moving and following change what is listed below', async () => {
  await using browser = await open();
  const { page } = browser;
  const listed = () => page.getByText(/Invocations in this window/).first();
  await canvasOf(page).focus();
  for (let times = 0; times < 12; times += 1) await page.keyboard.press('+');
  await page.getByRole('heading', { name: 'Invocations in this window', exact: true }).waitFor();
  for (let times = 0; times < 14; times += 1) await page.keyboard.press('-');
  await page
    .getByText(/the last 50 of \d{5}/)
    .first()
    .waitFor();
  await page.keyboard.press('Home');
  await page.locator('[aria-pressed=false]', { hasText: 'Now' }).waitFor();
  await page.keyboard.press('End');
  await page.locator('[aria-pressed=true]', { hasText: 'Now' }).waitFor();
  await listed().waitFor();
});

test('a drag moves in time, a click on an invocation opens it', async () => {
  await using browser = await open();
  const { page } = browser;
  const box = await canvasOf(page).boundingBox();
  if (box === null) throw new Error('The canvas has no place.');
  const y = box.y + 24 + laneHeight / 2;
  const before = await inked(page);
  const from = await canvasOf(page).getAttribute('data-from');
  await page.mouse.move(box.x + 900, y);
  await page.mouse.down();
  await page.mouse.move(box.x + 500, y, { steps: 4 });
  await page.mouse.up();
  await movedFrom(page, from);
  await page.locator('[aria-pressed=false]', { hasText: 'Now' }).waitFor();
  expect(await inked(page)).toBeLessThan(before);
  // The first lane's cold start, in the middle of the window.
  const [first] = data.timeline.invocations;
  await page.goto(`${server.address}/_lambdock/ui#/timeline?function=orders&at=${first?.startedAt}`);
  await page.getByRole('link', { name: '00000000' }).first().waitFor();
  await canvasOf(page).click({ position: { x: 210 + (box.width - 210) / 2 + 2, y: 24 + laneHeight / 2 } });
  await page.getByRole('heading', { level: 1, name: 'Invocation 00000000' }).waitFor();
});

test('what happens while the page is open is drawn', async () => {
  await using browser = await open();
  const { page } = browser;
  const [lane] = data.timeline.environments;
  if (lane === undefined) throw new Error('There is no environment.');
  const id = 'f'.repeat(32);
  server.send('environments', [{ ...lane, id, functionName: 'aaa', cause: 'forced' }]);
  server.send('invocations', [
    {
      requestId: 'feedfeed-0000-4000-8000-000000000000',
      functionName: 'aaa',
      version: '$LATEST',
      environmentId: id,
      arrivedAt: pageNowMs - 500,
      startedAt: pageNowMs - 400,
      endedAt: pageNowMs - 100,
      status: 'timeout',
      isCold: true,
      cause: 'forced',
      phases: [],
      memorySize: 128,
    },
  ]);
  await page.getByRole('button', { name: 'Now' }).click();
  await page.getByRole('row').filter({ hasText: 'feedfeed' }).filter({ hasText: 'timeout' }).waitFor();
  await canvasOf(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.getByText('ffffffff of aaa').waitFor();
});

test('shows a lost connection, and reads the timeline again after reconnecting', async () => {
  await using other = await PageServer.start(
    pageData({ environments: 4, invocationsEach: 2, spanMs: 60_000 }),
  );
  await using browser = await Browser.open({ nowMs: pageNowMs });
  const { page } = browser;
  await browser.visit(`${other.address}/_lambdock/ui#/timeline`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  other.disconnect();
  await page.getByRole('status').filter({ hasText: 'Connection lost' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
});

test('reloads the page, with its new token, after lambdock has restarted', async () => {
  await using other = await PageServer.start(
    pageData({ environments: 4, invocationsEach: 2, spanMs: 60_000 }),
  );
  await using browser = await Browser.open({ nowMs: pageNowMs });
  const { page } = browser;
  await browser.visit(`${other.address}/_lambdock/ui#/queue`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  other.restart('another');
  await page.waitForFunction(() => document.querySelector('[name=lambdock-token][content=another]') !== null);
  await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
});

async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

test('the trace, the figures and a waterfall are saved as files', async () => {
  await using browser = await open();
  const { page } = browser;
  const { traceEvents } = JSON.parse(await saved(page, 'Save trace'));
  expect(traceEvents.filter(({ name }: { name: string }) => name === 'thread_name')).toHaveLength(1_000);
  const csv = await saved(page, 'Save CSV');
  expect(csv.trim().split('\r\n')).toHaveLength(20_001);
  await page.goto(`${server.address}/_lambdock/ui#/functions`);
  expect(await saved(page, 'Save as CSV')).toMatch(
    /^function,runtime,state,invocations,.*\r\norders,python3.13,ready,/,
  );
  await page.goto(`${server.address}/_lambdock/ui#/invocations/${data.timeline.invocations[0]?.requestId}`);
  const svg = await saved(page, 'Save as SVG');
  // The policy of the page keeps scripts from parsing markup.
  const blank = await page.context().newPage();
  const drawn = await blank.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    return [...parsed.querySelectorAll('text')].map(({ textContent }) => textContent);
  }, svg);
  expect(drawn).toEqual(expect.arrayContaining(['Sandbox', 'Runtime init', 'Handler']));
});

test('a waterfall is saved as a picture with its bars', async () => {
  await using browser = await open();
  const { page } = browser;
  await page.goto(`${server.address}/_lambdock/ui#/invocations/${data.timeline.invocations[0]?.requestId}`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as PNG' }).click(),
  ]);
  const png = await readFile(await download.path());
  const blank = await page.context().newPage();
  const picture = await blank.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const { data: pixels } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? { data: [] };
    let green = 0;
    for (let at = 0; at < pixels.length; at += 4)
      if (pixels[at] === 0x1a && pixels[at + 1] === 0x7f) green += 1;
    return { width: bitmap.width, green };
  }, png.toString('base64'));
  expect(picture.width).toBe(1_920);
  // The bar of the handler.
  expect(picture.green).toBeGreaterThan(100);
  expect(browser.problems).toEqual([]);
});
