// Takes the pictures of the live page in docs/pictures: a short training on the sample photographs, watched by Chromium,
// wide and narrow, light and dark. Needs `npm run build` first. `node scripts/screenshots.mjs [esrgan] [folder]`.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [program = path.join(root, 'dist', 'cli', 'bin.js'), folder = path.join(root, 'docs', 'pictures')] =
  process.argv.slice(2);
const bin = path.resolve(program);
const work = mkdtempSync(path.join(os.tmpdir(), 'esrgan-screenshots-'));
mkdirSync(folder, { recursive: true });

const flags =
  '--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run';
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: flags.split(' '),
});

/** Starts the command line, and finds the link that it prints. */
async function esrgan(args) {
  const child = spawn(process.execPath, [bin, ...args], { cwd: work });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let said = '';
    const read = (part) => {
      said += part;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then((code) => reject(new Error(`esrgan ended with ${code}: ${said}`)));
  });
  return { url, stop: () => child.kill('SIGINT'), ended };
}

async function picture(page, name, options) {
  // Few colours are lost, and the file is a fifth as large.
  const png = await page.screenshot(options);
  await sharp(png).png({ palette: true, quality: 90, effort: 10 }).toFile(path.join(folder, `${name}.png`));
  console.log(`${name}.png`);
}

/** Shows a pair with something to see in it: one whose neighbouring pixels differ most. Waits a while for a good one. */
async function choosePair(page, patience) {
  for (let waited = 0; ; waited += 1000) {
    const detail = await page.locator('.strip img').evaluateAll((all) =>
      all.map((image) => {
        const { naturalWidth: width, naturalHeight: height } = image;
        if (width === 0) return 0;
        const draw = new OffscreenCanvas(width, height).getContext('2d');
        draw.drawImage(image, 0, 0);
        const { data } = draw.getImageData(0, 0, width, height);
        let sum = 0;
        for (let i = 4; i < data.length; i++) sum += Math.abs(data[i] - data[i - 4]);
        return sum / data.length;
      }),
    );
    const most = Math.max(...detail);
    if (most < 12 && waited < patience) {
      await page.waitForTimeout(1000);
      continue;
    }
    await page.locator('.strip button').nth(detail.indexOf(most)).click();
    return;
  }
}

const views = [
  { name: 'wide-light', colorScheme: 'light', viewport: { width: 1360, height: 900 }, locale: 'en' },
  { name: 'wide-dark', colorScheme: 'dark', viewport: { width: 1360, height: 900 }, locale: 'en' },
  { name: 'narrow-light', colorScheme: 'light', viewport: { width: 390, height: 844 }, locale: 'zh-TW' },
  { name: 'narrow-dark', colorScheme: 'dark', viewport: { width: 390, height: 844 }, locale: 'en' },
];

// As a user has them, so that the pictures show the paths of a user.
for (const name of ['options', 'pipelines']) cpSync(path.join(root, name), path.join(work, name), { recursive: true });
symlinkSync(path.join(root, 'datasets'), path.join(work, 'datasets'));
const quickstart = readFileSync(path.join(work, 'pipelines', 'quickstart.yml'), 'utf8');
// Mild enough that a network of this size learns to undo it within a minute.
const degrade = `- degrade:
      - { blur: { kernels: { iso: 1 }, sigma: [0.1, 0.8], size: [7, 9] }, prob: 0.5 }
      - resize: { to: lq, filters: [bicubic_aa] }
      - { gaussian_noise: { sigma: [0.2, 1.5], gray_prob: 0.3 }, prob: 0.7 }
      - jpeg: { quality: [90, 98] }`;
writeFileSync(
  path.join(work, 'pipelines', 'mild-x4.yml'),
  quickstart.replace('- degrade: { preset: bicubic }', degrade).replaceAll('name: quickstart', 'name: mild-x4'),
);
const experiments = path.join(work, 'experiments');
const often = [
  'train.val.val_freq=250',
  'train.logger.print_freq=10',
  'train.logger.save_checkpoint_freq=1000',
  'train.path.experiments_root=experiments',
];
const set = (all) => [...often, ...all].flatMap((one) => ['--set', one]);
const file = 'pipelines/mild-x4.yml';

// Longer than taking the pictures takes.
const long = ['train.train.total_iter=8000', 'train.train.scheduler.periods=[8000]'];
const run = await esrgan(['run', file, '--port', '0', ...set(long)]);
const pages = [];
for (const { name, ...view } of views) {
  const context = await browser.newContext(view);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(run.url);
  pages.push({ name, page });
}
const [{ page: first }] = pages;
await first.waitForFunction(() => document.querySelectorAll('.strip button').length >= 6, undefined, {
  timeout: 240_000,
});
await first.waitForFunction(
  () => Number(document.querySelector('.bar-iter strong').textContent.replace(',', '')) > 1420,
  undefined,
  { timeout: 560_000 },
);
// What one page shows, all show: they are taken in a few seconds.
await choosePair(first, 40_000);
for (const { name, page } of pages) {
  const picture1 = page.locator('.compare').first();
  await picture1.scrollIntoViewIfNeeded();
  const box = await picture1.boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.7);
  await choosePair(page, 0);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(300);
  await picture(page, `live-${name}`, { fullPage: true });
}
run.stop();
await run.ended;

for (const rate of ['0.004', '0.0005']) {
  const named = [`train.name=lr-${rate}`, `train.train.optim_g.lr=${rate}`];
  const shorter = ['train.train.total_iter=1500', 'train.train.scheduler.periods=[1500]'];
  const other = await esrgan(['run', file, '--port', '0', ...set([...named, ...shorter])]);
  await other.ended;
}
const compared = await esrgan(['ui', experiments, '--port', '0']);
for (const { name, page } of pages.filter(({ name }) => name.startsWith('wide'))) {
  await page.goto(compared.url);
  await page.locator('.runs').waitFor();
  await page.waitForTimeout(500);
  await picture(page, `compare-${name}`, { fullPage: true });
}
compared.stop();
await browser.close();
