import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { root } from '../../root.js';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** Why the pages cannot be tried here, if they cannot. */
export function noBrowser(page: string): string | false {
  if (executablePath === undefined) return 'Chromium is not installed';
  return existsSync(path.join(root, 'dist', 'page', `${page}.js`))
    ? false
    : 'the pages have not been bundled';
}

export async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
