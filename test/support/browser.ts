import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const { chromium: chromiumPath } = require('./chromium.cjs') as {
  readonly chromium: () => string | undefined;
};

export interface BrowserOptions {
  readonly colors?: 'light' | 'dark';
  /** What the page takes for the time, in milliseconds since the epoch. */
  readonly nowMs?: number;
}

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
      if (message.type() === 'error') this.problems.push(message.text());
    });
  }

  static async open({ colors = 'light', nowMs }: BrowserOptions = {}): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'lambdock-browser-'));
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error('Chromium is not installed');
    const context = await chromium.launchPersistentContext(folder, {
      executablePath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
