import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { loadPipeline } from '../../../src/config/load-pipeline.js';
import { openPlayground } from '../../../src/ui/playground/index.js';
import { withStageText } from '../../../src/ui/playground/stage-text.js';
import { root } from '../../root.js';
import { launch, noBrowser } from './chromium.js';
import { withoutName } from './in-page.js';

const temp = mkdtempSync(path.join(os.tmpdir(), 'esrgan-bench-groups-'));
t.teardown(() => rmSync(temp, { recursive: true, force: true }));

const stage = `  - degrade:
      # Optics.
      - blur: { sigma: [1, 3], kernels: { iso: 1 } } # soft
      - one_of: # noise
          # As sensors do.
          - gaussian_noise: { sigma: [5, 9] } # bright
            weight: 2
          - poisson_noise:
      - jpeg: { quality: [30, 95] } # as the web
      - repeat:
          times: 2
          steps:
            - webp: { quality: [50, 60] } # twice
`;
const comments = [
  '# Optics.',
  '# soft',
  '# noise',
  '# As sensors do.',
  '# bright',
  '# as the web',
  '# twice',
];

const file = path.join(temp, 'p.yml');
const images = path.join(root, 'datasets', 'sample', 'astronaut.png');
writeFileSync(
  file,
  `name: played\nsource: { images: '${images}' }\nstages:\n  - crop: { size: 200, step: 150 }\n${stage}  - batch: { size: 2, gt_size: 96 }\nsink: { discard: }\n`,
);

/** Every step on the page with its place, e.g. `1.one_of.0 gaussian noise`. */
const outline = (page: Page): Promise<string[]> =>
  page.evaluate(
    "[...document.querySelectorAll('[data-step]')].map((one) => one.dataset.step + ' ' + one.querySelector('b').textContent)",
  );

const begun = [
  '0 blur',
  '1 one of these',
  '1.one_of.0 gaussian noise',
  '1.one_of.1 poisson noise',
  '2 jpeg',
  '3 several times 2 ×',
  '3.repeat.steps.0 webp',
];

/** Waits until the steps stand so. */
async function stand(page: Page, wanted: readonly string[]): Promise<string[]> {
  let now = await outline(page);
  for (let waited = 0; waited < 10_000 && now.join() !== wanted.join(); waited += 50) {
    await page.waitForTimeout(50);
    now = await outline(page);
  }
  return now;
}

/** The steps, as soon as they stand otherwise than at the beginning. */
async function elsewhere(page: Page): Promise<string[]> {
  for (let waited = 0; waited < 10_000 && (await outline(page)).join() === begun.join(); waited += 50)
    await page.waitForTimeout(50);
  return outline(page);
}

t.test(
  'steps go into groups and out of them',
  { skip: noBrowser('playground'), timeout: 240_000 },
  async (t) => {
    const browser = await launch();
    t.teardown(() => browser.close());
    const defects: unknown[] = [];
    const server = await openPlayground(await loadPipeline(file), {
      port: 0,
      onDefect: (error) => defects.push(error),
    });
    t.teardown(() => server.close());
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, locale: 'en' });
    context.setDefaultTimeout(30_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(error.message));
    await page.goto(server.url);
    await page.locator('.film canvas').first().waitFor();
    // Closed cards all have one height, and fit on the screen.
    await page.locator('[data-step="0"]').click();
    t.strictSame(await stand(page, begun), begun);

    /** Drags a step by its grip to a share of the height of something. */
    const drag = async (key: string, onto: string, share: number, drop = true): Promise<void> => {
      const grip = (await page.locator(`[data-grip="${key}"]`).boundingBox())!;
      const box = (await page.locator(onto).boundingBox())!;
      await page.mouse.move(grip.x + 5, grip.y + 8);
      await page.mouse.down();
      await page.mouse.move(box.x + 30, box.y + share * box.height, { steps: 4 });
      if (drop) await page.mouse.up();
    };
    const card = (key: string): string => `[data-item="${key}"] > .card`;
    const undo = async (): Promise<void> => {
      await page.keyboard.press('Control+z');
      t.strictSame(await stand(page, begun), begun, 'undone');
    };
    /** The copied stage is one that a pipeline can have, with these comments. */
    const copied = async (all: readonly string[] = comments): Promise<string> => {
      await page.getByRole('button', { name: 'Copy YAML' }).click();
      const yaml = String(await page.evaluate('navigator.clipboard.readText()'));
      const pasted = path.join(temp, 'pasted.yml');
      writeFileSync(pasted, withStageText(readFileSync(file, 'utf8'), yaml));
      await loadPipeline(pasted);
      for (const comment of all) t.match(yaml, `${comment}\n`);
      return yaml;
    };

    await t.test('with the mouse', async (t) => {
      await drag('0', card('1.one_of.0'), 0.8, false);
      t.equal(
        await page.locator('.step.before').getAttribute('data-item'),
        '1.one_of.1',
        'shown while it is held',
      );
      await page.mouse.up();
      const inside = [
        '0 one of these',
        '0.one_of.0 gaussian noise',
        '0.one_of.1 blur',
        '0.one_of.2 poisson noise',
      ];
      const rest = ['1 jpeg', '2 several times 2 ×', '2.repeat.steps.0 webp'];
      t.strictSame(await stand(page, [...inside, ...rest]), [...inside, ...rest]);
      t.equal(await page.locator('.step.before, .step.after, .step.dragged').count(), 0);
      t.match(await copied(), /# Optics\.\n {8}- blur: .* # soft\n {8}- poisson_noise:\n/);
      await undo();

      await drag('1.one_of.0', card('2'), 0.8);
      const out = ['0 blur', '1 one of these', '1.one_of.0 poisson noise', '2 jpeg', '3 gaussian noise'];
      const twice = ['4 several times 2 ×', '4.repeat.steps.0 webp'];
      t.strictSame(await stand(page, [...out, ...twice]), [...out, ...twice]);
      t.notMatch(await copied(), 'weight');
      await undo();

      await drag('2', card('3'), 0.8);
      const first = [
        ...begun.slice(0, 4),
        '2 several times 2 ×',
        '2.repeat.steps.0 jpeg',
        '2.repeat.steps.1 webp',
      ];
      t.strictSame(await stand(page, first), first, 'on the lower half of a group: its first step');
      await undo();
      await drag('0', '[data-end="3.repeat.steps"]', 0.2);
      t.strictSame((await elsewhere(page)).slice(-2), ['2.repeat.steps.0 webp', '2.repeat.steps.1 blur']);
      await copied();
      await undo();
      await drag('0', '[data-end="1.one_of"]', 0.8);
      t.strictSame((await elsewhere(page)).slice(3, 5), ['1 blur', '2 jpeg'], 'behind the group, not in it');
      await undo();

      await drag('3', card('1.one_of.0'), 0.8);
      const nested = (await elsewhere(page)).slice(3, 5);
      t.strictSame(
        nested,
        ['1.one_of.1 several times 2 ×', '1.one_of.1.repeat.steps.0 webp'],
        'a whole group',
      );
      await copied();
      await undo();

      await drag('1', card('1.one_of.1'), 0.5);
      await page.waitForTimeout(300);
      t.strictSame(await outline(page), begun, 'nothing goes into itself');

      await drag('3.repeat.steps.0', card('0'), 0.2);
      const last = ['0 webp', '1 blur', '2 one of these'];
      t.strictSame((await elsewhere(page)).slice(0, 3), last);
      t.equal(await page.locator('[data-step]').count(), 6, 'a group goes with its last step');
      await copied();
      await undo();
    });

    await t.test('with keys, and with the buttons of an open step', async (t) => {
      const focused = () => page.evaluate('document.activeElement.dataset.step');
      await page.locator('[data-step="2"]').click();
      await page.keyboard.press('Alt+ArrowRight');
      const inside = [
        ...begun.slice(0, 4),
        '1.one_of.2 jpeg',
        '2 several times 2 ×',
        '2.repeat.steps.0 webp',
      ];
      t.strictSame(await stand(page, inside), inside, 'the end of the group above');
      await page.locator('.card.open [data-step="1.one_of.2"]:focus').waitFor();
      await copied();
      await page.locator('[data-step="1.one_of.2"]').focus();
      await page.keyboard.press('Alt+ArrowUp');
      await page.locator('.card.open [data-step="1.one_of.1"]').waitFor();
      await page.keyboard.press('Alt+ArrowLeft');
      t.strictSame(await stand(page, begun), begun, 'behind the group');
      await page.locator('[data-step="2"]:focus').waitFor();
      t.equal(await focused(), '2');
      await page.keyboard.press('Alt+ArrowLeft');
      await page.waitForTimeout(300);
      t.strictSame(await outline(page), begun, 'there is nothing to leave');
      t.match(page.url(), server.url, 'and the browser does not go back');

      await page.locator('[data-step="0"]').click();
      t.ok(await page.getByRole('button', { name: 'Move out of the group (Alt+←)' }).isDisabled());
      const colours = await page.evaluate<string[]>(
        "[...document.querySelectorAll('.tools button')].map((one) => one.disabled + getComputedStyle(one).color)",
      );
      t.equal(new Set(colours).size, 2, 'which buttons can be used is seen');
      t.equal(new Set(colours.map((one) => one.replace(/true|false/, ''))).size, 2);
      await page.getByRole('button', { name: 'Move into the group beside it (Alt+→)' }).click();
      await page.locator('.card.open [data-step="0.one_of.0"]').waitFor();
      t.strictSame(
        (await outline(page)).slice(0, 2),
        ['0 one of these', '0.one_of.0 blur'],
        'the group below',
      );
      await page.getByRole('button', { name: 'Move out of the group (Alt+←)' }).click();
      await page.locator('.card.open [data-step="1"]').waitFor();
      t.strictSame((await outline(page)).slice(2, 5), ['0.one_of.1 poisson noise', '1 blur', '2 jpeg']);
      await copied();

      t.strictSame(await page.evaluate(withoutName), []);
      await page.setViewportSize({ width: 360, height: 780 });
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'));
    });

    t.strictSame(wrong, []);
    t.strictSame(defects, []);
  },
);
