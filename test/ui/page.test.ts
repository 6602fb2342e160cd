import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { type Running, start } from '../e2e/esrgan.js';
import { root } from '../root.js';
import { closeBrowser, visit, withoutChromium } from './chromium.js';
import { folder, quickstart, short } from './short-run.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const out = folder();
const experiment = path.join(out, 'quickstart');

/** `esrgan ...`, and the link that it prints. */
async function esrgan(t: Test, args: readonly string[]): Promise<{ run: Running; url: string }> {
  const run = start(['env', '-u', 'NODE_OPTIONS', process.execPath, bin, ...args], root);
  t.teardown(() => run.kill('SIGKILL'));
  await run.seen(/http:\/\/\S+\n/);
  const { out, err } = run.text();
  return { run, url: /http:\/\/\S+/.exec(out + err)![0] };
}

const settings = [...short(out, 1_000_000), 'train.val.val_freq=1000000', 'degrade.preset=realesrgan'];
const set = settings.flatMap((one) => ['--set', one]);

const iteration = async (page: Page): Promise<number> =>
  Number((await page.locator('.bar-iter strong').textContent())?.replaceAll(',', ''));

/** What is used of a browser's elements: their types are not those of this program. */
interface Element {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
  readonly outerHTML: string;
  readonly textContent: string | null;
  readonly style: Readonly<Record<string, string>>;
  decode(): Promise<void>;
  toDataURL(): string;
  getAttribute(name: string): string | null;
  closest(selector: string): Element | null;
}

/** In the page, whose types are not those of this program, so that what runs there stands here as text. */
const inPage = <T>(page: Page, script: string): Promise<T> => page.evaluate<T>(script);

async function beyond(page: Page, iter: number): Promise<void> {
  while ((await iteration(page)) <= iter) await page.waitForTimeout(50);
}

const loaded = (picture: Locator): Promise<number[]> =>
  picture.evaluate(async (element) => {
    const image = element as unknown as Element;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });

const drawn = (page: Page): Promise<string> =>
  page
    .locator('canvas')
    .first()
    .evaluate((canvas) => (canvas as unknown as Element).toDataURL());

/** Resolves when the curves are other ones than before. */
async function redrawn(page: Page, before: string): Promise<void> {
  while ((await drawn(page)) === before) await page.waitForTimeout(50);
}

t.test('a training run, watched and steered', { skip: withoutChromium }, async (t) => {
  const { run, url } = await esrgan(t, ['run', quickstart, '--ui', '--port', '0', ...set]);
  const { page, complaints } = await visit(t, url, { viewport: { width: 1280, height: 900 } });

  t.equal(await page.locator('h1').textContent(), 'quickstart');
  await beyond(page, 4);
  t.equal(await page.locator('.phase').textContent(), 'running');

  // Curves move: the canvas changes, and so does the value beside it.
  const before = await drawn(page);
  await beyond(page, (await iteration(page)) + 4);
  await redrawn(page, before);
  await page.locator('.cell-losses input[type=range]').press('Home');
  t.equal(await page.locator('.cell-losses output').textContent(), '0.00', 'smoothing by the keyboard');

  const stations = await page.locator('.station-name').allTextContents();
  for (const stage of ['discover', 'decode', 'crop', 'degrade', 'batch', 'train'])
    t.ok(stations.includes(stage), stage);
  await page.locator('.station.pace').first().waitFor();
  t.match(await page.locator('.pace-line').textContent(), /sets the pace/);

  // Pairs, with what was drawn for them.
  const pair = page.locator('.pair-picture img');
  await pair.first().waitFor();
  t.strictSame(
    [await loaded(pair.nth(0)), await loaded(pair.nth(1))],
    [
      [64, 64],
      [16, 16],
    ],
  );
  t.match(await page.locator('.cell-pairs .facts').textContent(), /photograph\w+\.(png|jpg)/);
  t.match(await page.locator('.drawn').textContent(), /jpeg.*quality \d+/);

  // Pause holds, and resume goes on.
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.phase-paused').waitFor();
  t.match(await page.locator('.said').textContent(), /pauses/);
  const held = await iteration(page);
  await page.waitForTimeout(700);
  t.equal(await iteration(page), held, 'it holds');

  // A checkpoint and a validation, while it pauses.
  await page.getByRole('button', { name: 'Save checkpoint' }).click();
  await page
    .getByText(/checkpoint: .*net_g_\d+/)
    .first()
    .waitFor();
  t.ok(readdirSync(path.join(experiment, 'models')).some((name) => /^net_g_\d+\./.test(name)));
  await page.getByRole('button', { name: 'Validate' }).click();
  const pictures = page.locator('.compare img');
  await pictures.first().waitFor();
  for (const index of [0, 1]) t.strictSame(await loaded(pictures.nth(index)), [600, 400]);
  t.match(await page.locator('.gain').textContent(), /dB (above|below) bicubic/);

  // The border moves by the keyboard and by the pointer; so does the magnifier.
  const clip = (): Promise<string | undefined> =>
    pictures.nth(1).evaluate((image) => (image as unknown as Element).style.clipPath);
  const slider = page.getByRole('slider', { name: 'Border between the two pictures' });
  t.equal(await clip(), 'inset(0px 50% 0px 0px)');
  await slider.press('Home');
  t.equal(await clip(), 'inset(0px 100% 0px 0px)');
  await slider.press('ArrowRight');
  t.equal(await clip(), 'inset(0px 99.5% 0px 0px)');
  const box = (await page.locator('.compare').boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
  t.match(await clip(), /^inset\(0px 2[3-7](\.\d+)?% 0px 0px\)$/);
  const glass = page.locator('.magnifier-glass img').first();
  const place = (): Promise<string | undefined> =>
    glass.evaluate((image) => (image as unknown as Element).style.left);
  const pointed = await place();
  await page.locator('.magnifier').press('ArrowLeft');
  t.not(await place(), pointed);
  await page.getByLabel('Left', { exact: true }).selectOption('lq');
  t.strictSame(await loaded(pictures.nth(1)), [150, 100], 'lq is shown as it is');

  // The language of the page.
  await page.getByRole('button', { name: '繁體中文（台灣）' }).click();
  t.equal(await page.locator('html').getAttribute('lang'), 'zh-TW');
  await page.getByRole('button', { name: '繼續' }).click();
  await page.locator('.phase-running').waitFor();
  await beyond(page, held);
  await page.reload();
  t.equal(await page.locator('.phase').textContent(), '執行中', 'it is remembered');
  await page.getByRole('button', { name: 'English' }).click();

  await t.test('everything has a name, by whatever it is found', async (t) => {
    const all = page.locator('button, input, select, progress, meter');
    const nameless = await all.evaluateAll((found) =>
      (found as unknown as Element[])
        .filter((one) => {
          const said = one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? one.textContent;
          return (said ?? '').trim() === '';
        })
        .map((one) => one.outerHTML),
    );
    t.strictSame(nameless, []);
    t.equal(await page.locator('img:not([alt])').count(), 0);
    t.ok((await page.locator('[role=status]').count()) >= 1, 'what changes is said');
    t.equal(await page.locator('section:not([aria-label]):not([aria-labelledby])').count(), 0);
  });

  await t.test('the keyboard reaches all of it', async (t) => {
    await page.locator('body').press('Home');
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      reached.add(
        await inPage<string>(
          page,
          "[document.activeElement, document.activeElement.getAttribute('aria-label')].map((at) => at?.className ?? at).join(' ') + ' ' + document.activeElement.textContent.trim().slice(0, 40)",
        ),
      );
    }
    for (const wanted of [/Pause/, /danger\s+Stop/, /compare-slider/, /magnifier/, /Pair of batch/, /log/])
      t.ok(
        [...reached].some((one) => wanted.test(one)),
        `${wanted}`,
      );
  });

  // At phone width nothing sticks out.
  const phone = await visit(t, url, {
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark',
    locale: 'zh-TW',
  });
  await phone.page.locator('.compare').waitFor();
  t.equal(await phone.page.locator('.phase').textContent(), '執行中', 'the language of the browser');
  t.equal(await inPage(phone.page, 'document.documentElement.scrollWidth'), 360);

  // Stop asks first, and writes a checkpoint.
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Yes, stop' }).click();
  const { code, out: said, err } = await run.ended;
  t.equal(code, 0);
  t.match(said, /^paused$[\s\S]*^resumed$/m, 'the terminal tells of the pause');
  t.match(err, /^Stop, asked for on the page: finishing what is under way/m, 'and of the stop');
  t.match(said, /To go on: esrgan run .*--set path\.resume_state=auto/);
  await page.locator('.phase-stopped').waitFor();
  await page.locator('.notice').waitFor();
  t.ok(await page.getByRole('button', { name: 'Stop' }).isDisabled());
  const last = [...said.matchAll(/net_g_(\d+)\.safetensors/g)].at(-1)?.[1];
  t.ok(Number(last) > held, 'a checkpoint of the last step');
  t.ok(existsSync(path.join(experiment, 'training_states', `${last}.state`)), 'and its state');
  t.strictSame([...complaints, ...phone.complaints], []);
});

t.test('an experiment that has ended, and several compared', { skip: withoutChromium }, async (t) => {
  const first = await esrgan(t, ['ui', experiment, '--port', '0']);
  const { page, complaints } = await visit(t, first.url);
  t.equal(await page.locator('h1').textContent(), 'quickstart');
  await page.locator('.cell-losses canvas').waitFor();
  t.equal(await page.locator('.controls').count(), 0, 'it cannot be steered');
  t.strictSame(await loaded(page.locator('.compare img').first()), [600, 400]);
  t.match(await page.locator('.gain').textContent(), /bicubic/, 'known from the training state');
  await page.locator('summary').click();
  t.match(await page.locator('pre').textContent(), /SRVGGNetCompact/);
  first.run.kill('SIGINT');
  t.equal((await first.run.ended).code, 0);

  const more = short(out, 6).map((one) => one.replace('num_feat=4', 'num_feat=6'));
  const second = start(
    [
      process.execPath,
      bin,
      'run',
      quickstart,
      ...[...more, 'train.name=wider'].flatMap((one) => ['--set', one]),
    ],
    root,
  );
  t.equal((await second.ended).code, 0);
  const all = await esrgan(t, ['ui', out, '--port', '0']);
  const compare = await visit(t, all.url);
  await compare.page.locator('.runs').waitFor();
  t.strictSame(await compare.page.locator('.runs tbody a').allTextContents(), ['quickstart', 'wider']);
  t.match(await compare.page.locator('.cell-wide').last().textContent(), /network_g\.num_feat46/);
  const before = await drawn(compare.page);
  await compare.page.getByRole('checkbox', { name: 'wider' }).uncheck();
  await redrawn(compare.page, before);
  await compare.page.getByRole('combobox', { name: 'Curve' }).selectOption('validation: psnr');
  await compare.page.getByRole('link', { name: 'wider' }).click();
  t.equal(await compare.page.locator('h1').textContent(), 'wider');
  await compare.page.locator('.compare').waitFor();
  t.strictSame(await loaded(compare.page.locator('.compare img').first()), [600, 400]);
  for (const target of ['/e/nothing', '/e/nothing/api/events', '/e/wider/api/photographs/../x'])
    t.equal((await fetch(new URL(target, all.url))).status, 404, target);
  t.strictSame([...complaints, ...compare.complaints], []);
});

t.test('colours can be told apart, light and dark', { skip: withoutChromium }, async (t) => {
  const { url } = await esrgan(t, ['ui', out, '--port', '0']);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await visit(t, url, { colorScheme });
    await page.locator('.panel').waitFor();
    const texts = ['--ink', '--ink-2', '--ink-3', '--accent', '--cool', '--bad'];
    const lines = [...[1, 2, 3, 4, 5, 6].map((n) => `--series-${n}`), '--line-strong', '--focus'];
    const grounds = ['--panel', '--ground', '--raised'];
    const value = async (name: string): Promise<string> =>
      inPage(page, `getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`);
    const all = [...texts, ...lines, ...grounds];
    const colours = new Map(await Promise.all(all.map(async (name) => [name, await value(name)] as const)));
    const is = (a: string, b: string): number => contrast(colours.get(a)!, colours.get(b)!);
    for (const on of grounds)
      for (const text of texts) t.ok(is(text, on) >= 4.5, `${colorScheme}: ${text} on ${on} ${is(text, on)}`);
    for (const line of lines)
      t.ok(is(line, '--panel') >= 3, `${colorScheme}: ${line} ${is(line, '--panel')}`);
  }
});

/** Of two colours as #rrggbb: WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
      const c = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

t.teardown(closeBrowser);
