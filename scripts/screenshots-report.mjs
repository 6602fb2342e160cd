// Takes the pictures of the report in docs/pictures: that of the quickstart, wide and narrow, light and dark, in both
// languages. `node scripts/screenshots-report.mjs [report.html] [folder]`; without a report it runs the quickstart first.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const made = path.join(root, 'out', 'quickstart', 'report.html');
const [report = made, folder = path.join(root, 'docs', 'pictures')] = process.argv.slice(2);
if (!existsSync(report))
  execFileSync(process.execPath, [path.join(root, 'dist', 'cli', 'bin.js'), 'run', 'pipelines/quickstart.yml'], {
    cwd: root,
    stdio: 'inherit',
  });
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const wide = { width: 1160, height: 1380 };
const views = [
  { name: 'wide-light', viewport: wide, colorScheme: 'light', locale: 'en' },
  { name: 'wide-dark', viewport: wide, colorScheme: 'dark', locale: 'en' },
  { name: 'narrow-light', viewport: { width: 390, height: 1380 }, colorScheme: 'light', locale: 'zh-TW' },
];
for (const { name, ...options } of views) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(pathToFileURL(report).href);
  const file = path.join(folder, `report-${name}.png`);
  await sharp(await page.screenshot()).png({ palette: true, quality: 85, effort: 10 }).toFile(file);
  console.log(file);
}
await browser.close();
