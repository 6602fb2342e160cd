import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadPipeline } from '../src/config/load-pipeline.js';
import { packageRoot } from '../src/config/package-root.js';
import { edit } from '../src/ui/playground/edit.js';
import { openPlayground } from '../src/ui/playground/index.js';
import { type Bench, median, round } from './bench.js';

const GOAL_MS = 200;
const CHANGES = 25;

/** A handle of a slider for each kind of step of Real-ESRGAN's chain, from its beginning to its end. */
const changes = [
  { step: 0, handle: 'weight', what: 'usm_sharpen: weight' },
  { step: 1, handle: 'sigma, most', what: 'first blur: sigma' },
  { step: 2, handle: 'range, most', what: 'first resize: range' },
  { step: 4, handle: 'quality, least', what: 'first jpeg: quality' },
  { step: 5, handle: 'sigma, most', what: 'second blur: sigma' },
];

const flags =
  '--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run';

/** The degradation bench in a browser: from the movement of a slider to the picture of every step behind it. */
export const playground: Bench = {
  name: 'playground',
  async run(log) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'esrgan-bench-'));
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    if (!existsSync(executablePath)) throw new Error(`this benchmark needs Chromium at ${executablePath}`);
    const { chromium } = await import('playwright-core');
    const server = await openPlayground(await loadPipeline(await pipelineFile(folder)), { port: 0 });
    const browser = await chromium.launch({ executablePath, args: flags.split(' ') });
    try {
      const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, locale: 'en' });
      await page.goto(server.url);
      await page.locator('.film li').nth(8).waitFor();
      const rows: (string | number)[][] = [];
      const all: number[] = [];
      for (const { step, handle, what } of changes) {
        const card = page.locator(`[data-step="${step}"]`);
        if ((await card.getAttribute('aria-expanded')) === 'false') await card.click();
        const slider = page.getByRole('slider', { name: handle, exact: true });
        const times: number[] = [];
        for (let i = 0; i < CHANGES; i++) {
          const begun = await page.locator('.latency').getAttribute('data-changes');
          await slider.press(i < CHANGES / 2 ? 'ArrowRight' : 'ArrowLeft');
          await page.locator(`.latency:not([data-changes="${begun}"])`).waitFor({ state: 'attached' });
          times.push(Number(await page.locator('.latency').getAttribute('data-latency')));
        }
        all.push(...times);
        rows.push([what, median(times), Math.max(...times)]);
        log(`${what}: ${median(times)} ms`);
      }
      const ratio = round(median(all));
      return {
        name: 'playground',
        what: 'Real-ESRGAN’s chain on a crop of 400x400 of a sample photograph in `esrgan preview --ui`: milliseconds from a change of a parameter to the pictures of all steps behind it, in Chromium without a graphics card',
        columns: ['changed', 'median ms', 'longest ms'],
        rows,
        ratio,
        goal: `a median of at most ${GOAL_MS} ms`,
        ok: ratio <= GOAL_MS,
        figures: { median_ms: ratio, longest_ms: Math.max(...all) },
      };
    } finally {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** The quickstart with every step of Real-ESRGAN's chain in the file. */
async function pipelineFile(folder: string): Promise<string> {
  const quickstart = readFileSync(path.join(packageRoot, 'pipelines', 'quickstart.yml'), 'utf8')
    .replace('preset: bicubic', 'preset: realesrgan')
    .replaceAll('datasets/sample', path.join(packageRoot, 'datasets', 'sample'));
  const first = await edit(quickstart, { op: 'unfold', path: [0] });
  const { text } = await edit(first.text, { op: 'unfold', path: [1] });
  const file = path.join(folder, 'quickstart.yml');
  writeFileSync(file, text);
  return file;
}
