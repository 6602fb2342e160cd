import { existsSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Test } from 'tap';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--no-first-run'],
];

/** Why tests of pages are left out here; false when they are not. */
export const withoutChromium: string | false =
  !existsSync(executablePath) && `there is no Chromium at ${executablePath} (CHROMIUM names another)`;

export interface Visit {
  readonly page: Page;
  /** What the browser complained about: errors of scripts, and what the content security policy has refused. */
  readonly complaints: readonly string[];
}

let browser: Promise<Browser> | undefined;

/** Opens a page of its own in one browser that all tests of a file share. */
export async function visit(t: Test, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const { chromium } = await import('playwright-core');
  browser ??= chromium.launch({ executablePath, args });
  const context = await (await browser).newContext({ locale: 'en', ...options });
  t.teardown(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION/.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

export const closeBrowser = async (): Promise<void> => (await browser)?.close();
