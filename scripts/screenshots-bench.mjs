// Takes the pictures of the degradation bench in docs/pictures: the quickstart with Real-ESRGAN's chain, wide and narrow,
// light and dark. Needs `npm run build` first. `node scripts/screenshots-bench.mjs [esrgan] [folder]`.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [bin = path.join(root, 'dist', 'cli', 'bin.js'), folder = path.join(root, 'docs', 'pictures')] =
  process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'esrgan-screenshots-')), 'quickstart.yml');
writeFileSync(
  file,
  readFileSync(path.join(root, 'pipelines', 'quickstart.yml'), 'utf8')
    .replace('preset: bicubic', 'preset: realesrgan')
    .replace('gt_size: 64', 'gt_size: 256'),
);

const child = spawn(process.execPath, [bin, 'preview', file, '--ui', '--port', '0'], { cwd: root });
child.stderr.pipe(process.stderr);
const url = await new Promise((resolve) => {
  child.stdout.on('data', (part) => {
    const found = /http:\/\/\S+/.exec(String(part));
    if (found) resolve(found[0]);
  });
});

const flags =
  '--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run';
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: flags.split(' '),
});

async function picture(page, name) {
  const png = await page.screenshot();
  await sharp(png).png({ palette: true, quality: 70, effort: 10 }).toFile(path.join(folder, `bench-${name}.png`));
  console.log(`bench-${name}.png`);
}

/** Real-ESRGAN's chain in the file, its first blur open, and the magnifier on the face. */
async function played(page) {
  await page.goto(url);
  await page.locator('.film li').nth(8).waitFor();
  await page.getByRole('button', { name: /Edit these steps/ }).first().click();
  await page.locator('[data-step="1.preset.0"]').waitFor();
  await page.locator('.group .unfold').first().click();
  await page.locator('[data-step="8"]').waitFor();
  await page.locator('[data-step="1"]').click();
  await page.locator('.card.open .control.range').first().waitFor();
  await page.waitForTimeout(600);
  // It is that of this machine and this moment.
  await page.evaluate(() => {
    document.querySelector('.latency').style.visibility = 'hidden';
  });
}

async function magnified(page) {
  await page.locator('.compare-panes .pane').first().hover({ position: { x: 60, y: 48 } });
  const box = await page.locator('.compare-panes .pane').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.39, box.y + box.height * 0.87);
  await page.waitForTimeout(300);
}

const wide = { width: 1240, height: 780 };
const narrow = { width: 390, height: 844 };
for (const colorScheme of ['light', 'dark']) {
  const page = await browser.newPage({ viewport: wide, colorScheme, locale: 'en' });
  page.on('pageerror', (error) => console.error(error));
  await played(page);
  await magnified(page);
  await picture(page, `wide-${colorScheme}`);
  if (colorScheme === 'light') {
    await page.mouse.move(5, 5);
    await page.locator('.yaml summary').click();
    await page.locator('.yaml summary').evaluate((one) => {
      scrollBy(0, one.getBoundingClientRect().top - 480);
    });
    await page.waitForTimeout(200);
    await picture(page, 'yaml');
  }
  await page.close();
  const phone = await browser.newPage({ viewport: narrow, deviceScaleFactor: 1.5, colorScheme, locale: 'en' });
  await played(phone);
  await phone.locator('.card.open .control.range').first().scrollIntoViewIfNeeded();
  await magnified(phone);
  await picture(phone, `narrow-${colorScheme}`);
  await phone.close();
}
await browser.close();
child.kill('SIGINT');
