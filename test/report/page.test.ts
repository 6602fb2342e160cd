import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { type ReportInput, writeReport } from '../../src/report/index.js';
import { closeBrowser, visit, withoutChromium } from '../ui/chromium.js';
import { sample } from './sample.js';

t.teardown(closeBrowser);

const of = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

async function reportOf(t: Test): Promise<string> {
  const [lq, bicubic, gt, early, late] = await Promise.all([10, 20, 30, 40, 50].map(of));
  const network = [
    { iter: 150, png: early, psnr: 26.412 },
    { iter: 300, png: late, psnr: 27.312 },
  ];
  const scene = { name: 'coffee.png', lq, bicubic, gt, psnrBicubic: 27.104, network };
  const input: ReportInput = { ...sample, scenes: [scene] };
  return pathToFileURL(await writeReport(t.testdir(), input)).href;
}

t.test('the slider, the choices and the iterations', { skip: withoutChromium }, async (t) => {
  const { page, complaints } = await visit(t, await reportOf(t));
  const slider = page.getByRole('slider', { name: 'Compare two pictures of coffee.png: move the border' });
  t.equal(
    await slider.getAttribute('aria-valuetext'),
    'bicubic 27.10\u00a0dB 50 %, network 27.31\u00a0dB 50 %',
  );
  await slider.focus();
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowLeft');
  t.equal(
    await slider.getAttribute('aria-valuetext'),
    'bicubic 27.10\u00a0dB 40 %, network 27.31\u00a0dB 60 %',
  );
  const clip = await page.evaluate(`getComputedStyle(document.querySelector('.over')).clipPath`);
  t.match(clip, /60%|- 40%/);

  const shown = (which: string, kind: string): Promise<boolean> =>
    page.evaluate(
      `document.querySelector('.compare .${which}').src === document.querySelector('img[data-kind="${kind}"]').src`,
    );
  t.ok((await shown('over', 'bicubic')) && (await shown('under', 'network-1')));
  await page.getByRole('combobox', { name: 'left', exact: true }).selectOption('gt');
  t.ok(await shown('over', 'gt'));
  const iteration = page.getByRole('slider', { name: 'network at iteration' });
  await iteration.focus();
  await page.keyboard.press('Home');
  t.ok(await shown('under', 'network-0'));
  t.equal(await iteration.getAttribute('aria-valuetext'), '150');
  t.match(await slider.getAttribute('aria-valuetext'), 'network 26.41');
  t.same(complaints, []);
});

t.test('curves are read by arrow keys and by pointer', { skip: withoutChromium }, async (t) => {
  const { page, complaints } = await visit(t, await reportOf(t));
  const rate = page.getByRole('slider', { name: 'Read Learning rate: arrow keys move along the curve' });
  await rate.focus();
  await page.keyboard.press('Home');
  t.equal(await rate.getAttribute('aria-valuetext'), 'iteration 1 · Learning rate 2.000e-3');
  await page.keyboard.press('ArrowRight');
  t.equal(await rate.getAttribute('aria-valuetext'), 'iteration 2 · Learning rate 1.993e-3');
  const chart = page.locator('.chart').nth(1);
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  t.ok(box);
  if (box) await page.mouse.move(box.x + box.width * 0.15, box.y + box.height / 2);
  t.equal(
    await page.locator('figure .readout').nth(1).textContent(),
    'iteration 150 · network 26.41\u00a0dB',
  );
  t.ok(await chart.evaluate((e) => e.classList.contains('read')));
  t.same(complaints, []);
});

t.test('the second language, at the width of a phone', { skip: withoutChromium }, async (t) => {
  const { page, complaints } = await visit(t, await reportOf(t), {
    ...{ locale: 'zh-TW', viewport: { width: 340, height: 700 }, colorScheme: 'dark' },
  });
  const heading = () => page.locator('#training-title span:visible').textContent();
  t.equal(await page.evaluate('document.documentElement.lang'), 'zh-TW', 'that of the browser');
  t.equal(await heading(), '訓練');
  t.equal(await page.title(), 'quickstart：執行報告，2026-11-24 09:41 UTC');
  const label = () => page.locator('nav').getAttribute('aria-label');
  t.equal(await label(), '章節');
  t.match(await page.locator('.readout').first().textContent(), '疊代 300 · l_pix');
  await page.getByRole('button', { name: 'English' }).click();
  t.equal(await heading(), 'Training');
  t.equal(await label(), 'Sections');
  t.equal(await page.title(), 'quickstart: Run report, 2026-11-24 09:41 UTC');
  t.match(await page.locator('.readout').first().textContent(), 'iteration 300 · l_pix');
  t.same(await page.locator('.left-choice option').allTextContents(), ['LQ', 'bicubic', 'network', 'GT']);
  const sideways = () =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  t.equal(await sideways(), 0, 'nothing has to be scrolled sideways but tables');
  await page.getByRole('button', { name: '繁體中文（台灣）' }).click();
  t.equal(await heading(), '訓練');
  t.equal(await sideways(), 0);
  await page.getByRole('button', { name: '複製' }).click();
  t.equal(await page.evaluate('getSelection().toString()'), sample.command);
  t.same(complaints, []);
});

t.test(
  'without its script all can be read, and no other script runs',
  { skip: withoutChromium },
  async (t) => {
    const { page } = await visit(t, await reportOf(t), { javaScriptEnabled: false });
    t.ok(await page.locator('img[data-kind="gt"]').isVisible());
    t.notOk(await page.locator('.comparison').isVisible());
    t.notOk(await page.locator('.tongues').isVisible());
    t.match(await page.locator('.lead .en').textContent(), 'Trained 300 iterations');
    const { page: other, complaints } = await visit(t, await reportOf(t));
    await other.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "taken over"' }))`,
    );
    t.not(await other.title(), 'taken over');
    t.match(complaints.join(), 'Content Security Policy');
  },
);
