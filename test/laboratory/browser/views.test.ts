import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Browser } from '../../support/laboratory/browser';
import { pageData, pageNowMs } from '../../support/laboratory/page-data';
import { PageServer } from '../../support/laboratory/page-server';

const root = join(__dirname, '..', '..', '..');

/** Views whose pictures the documentation shows. LAMBDOCK_PICTURES=write makes them, and those that are compared. */
const inDocs: ReadonlySet<string> = new Set(['functions', 'timeline', 'waterfall']);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** An hour of four functions. */
const data = pageData({ environments: 24, invocationsEach: 40, spanMs: 3_600_000 });
const cold = data.timeline.invocations.find(
  ({ isCold, phases }) => isCold && phases.some(({ name }) => name === 'sandbox-create'),
);

let server: PageServer;
beforeAll(async () => {
  server = await PageServer.start(data);
});
afterAll(() => server[Symbol.asyncDispose]());

/** Each view: its address behind `#`, its heading, and what to do before it is looked at. */
const views = [
  ['functions', '/functions', 'Functions'],
  ['function', '/functions/orders', 'orders'],
  ['timeline', '/timeline', 'Timeline'],
  ['waterfall', `/invocations/${cold?.requestId}`, `Invocation ${cold?.requestId.slice(0, 8)}`],
  ['logs', '/logs', 'Logs'],
  ['deployments', '/deployments', 'Deployments'],
  ['queue', '/queue', 'Queue'],
  ['event-sources', '/event-sources', 'Event sources'],
] as const;

async function show({ page }: Browser, hash: string, heading: string): Promise<void> {
  await page.goto(`${server.address}/_lambdock/ui#${hash}`);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  if (heading !== 'Timeline') return;
  await page.getByText(/Invocations in this window: the last/).waitFor();
  await page.getByRole('button', { name: 'Fit' }).click();
  await page.locator('[aria-pressed=false]', { hasText: 'Now' }).waitFor();
  await page.getByText(/the last 50 of 9\d\d/).waitFor();
}

describe.each(['light', 'dark'] as const)('in %s colours', (colors) => {
  let browser: Browser;
  beforeAll(async () => {
    // The number of what is queued: everything has been read.
    const arrived = (page: Page) => page.locator('nav .badge').waitFor();
    browser = await Browser.at(`${server.address}/_lambdock/ui`, arrived, { colors, nowMs: pageNowMs });
    await browser.page.evaluate(axeSource);
  }, 120_000);
  afterAll(() => browser?.[Symbol.asyncDispose]());

  test.each(views)(
    '%s has no accessibility violations and looks as its picture',
    async (name, hash, heading) => {
      await show(browser, hash, heading);
      const shot = await browser.page.screenshot();
      const small = await shrunk(browser, shot);
      const file = join(__dirname, 'pictures', `${name}-${colors}.png`);
      if (process.env.LAMBDOCK_PICTURES === 'write') {
        writeFileSync(file, Buffer.from(small.png, 'base64'));
        if (colors === 'light' && inDocs.has(name)) {
          writeFileSync(join(root, 'docs', 'pictures', `${name}.png`), shot);
        }
      }
      const expected = await shrunk(browser, readFileSync(file));
      expect(shareOfDifferentCells(small.pixels, expected.pixels)).toBeLessThan(0.015);
      expect(await violations(browser)).toEqual([]);
      expect(browser.problems).toEqual([]);
    },
  );
});

test('every view fits a window that is 400 pixels wide, and its tables scroll within', async () => {
  const arrived = (page: Page) => page.locator('nav .badge').waitFor();
  await using browser = await Browser.at(`${server.address}/_lambdock/ui`, arrived, { nowMs: pageNowMs });
  const { page } = browser;
  await page.setViewportSize({ width: 400, height: 800 });
  for (const [, hash, heading] of views) {
    await page.goto(`${server.address}/_lambdock/ui#${hash}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    expect([hash, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([hash, 400]);
  }
});

interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }[];
  }>;
}

function violations({ page }: Browser) {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: Axe };
    const { violations: found } = await axe.run();
    return found.map(({ id, nodes }) => [
      id,
      nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    ]);
  });
}

/** Fonts differ from machine to machine; the places and colours of things do not. */
const [columns, rows] = [64, 40];

async function shrunk({ page }: Browser, picture: Buffer) {
  const blank = await page.context().newPage();
  const result = await blank.evaluate(
    async ([base64, width, height]) => {
      const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
      const size = { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' as const };
      const bitmap = await createImageBitmap(new Blob([bytes]), size);
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const pixels = [...(context?.getImageData(0, 0, width, height).data ?? [])];
      return { pixels, png: canvas.toDataURL('image/png').split(',')[1] ?? '' };
    },
    [picture.toString('base64'), columns, rows] as const,
  );
  await blank.close();
  return result;
}

/** A cell is different where a colour of it is off by a tenth. */
function shareOfDifferentCells(some: readonly number[], others: readonly number[]): number {
  const different = new Set<number>();
  for (const [at, value] of some.entries()) {
    if (Math.abs(value - (others[at] ?? 0)) > 26) different.add(at >> 2);
  }
  return different.size / (columns * rows);
}
