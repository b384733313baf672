import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Request } from 'playwright-core';

const { chromium: chromiumPath } = require('../jest/chromium.cjs') as {
  readonly chromium: () => string | undefined;
};

export interface BrowserOptions {
  readonly colors?: 'light' | 'dark';
  /** What the page takes for the time, in milliseconds since the epoch. */
  readonly nowMs?: number;
  /** Arguments of Chromium. */
  readonly args?: readonly string[];
}

/** Chromium ends what is about to connect when the machine's addresses change, as with each container. */
const networkChanged = 'net::ERR_NETWORK_CHANGED';

/** What a page does not work without. */
const parts: ReadonlySet<string> = new Set(['document', 'script', 'stylesheet']);

/** A Chromium with one page, which fails the test for each error that the page has. */
export class Browser implements AsyncDisposable {
  /** Errors, and what the content security policy has refused. */
  readonly problems: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly folder: string,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !text.includes(networkChanged)) this.problems.push(text);
    });
  }

  static async open({ colors = 'light', nowMs, args = [] }: BrowserOptions = {}): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'lambdock-browser-'));
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error('Chromium is not installed');
    const context = await chromium.launchPersistentContext(folder, {
      executablePath,
      args: ['--no-sandbox', '--disable-dev-shm-usage', ...args],
      colorScheme: colors,
      timezoneId: 'UTC',
      locale: 'en-US',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
    });
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(45_000);
    if (nowMs !== undefined) await page.clock.setFixedTime(nowMs);
    return new Browser(context, folder, page);
  }

  /** A browser at an address, where `arrived` has found what it waits for. */
  static async at(
    address: string,
    arrived: (page: Page) => Promise<unknown>,
    options: BrowserOptions = {},
  ): Promise<Browser> {
    const browser = await Browser.open(options);
    try {
      await browser.visit(address);
      await arrived(browser.page);
      return browser;
    } catch (error) {
      await browser[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Opens an address, and again where a container that was started meanwhile kept a part from loading. */
  async visit(address: string): Promise<void> {
    let isWhole = false;
    const failed = (request: Request) => {
      if (request.failure()?.errorText === networkChanged && parts.has(request.resourceType()))
        isWhole = false;
    };
    this.page.on('requestfailed', failed);
    while (!isWhole) {
      isWhole = true;
      await this.page.goto(address).catch((error: unknown) => {
        if (isWhole) throw error;
      });
    }
    this.page.off('requestfailed', failed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
