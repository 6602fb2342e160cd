import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import type { Io } from '../../../src/cli/io.js';
import { main } from '../../../src/cli/main.js';
import { loadPipeline } from '../../../src/config/load-pipeline.js';
import { trace } from '../../../src/preview/index.js';
import { openUi } from '../../../src/ui/index.js';
import { benchRoutes, openBench, openPlayground } from '../../../src/ui/playground/index.js';
import { withStageText } from '../../../src/ui/playground/stage-text.js';
import fc from '../../properties.js';
import { root } from '../../root.js';
import { launch, noBrowser } from './chromium.js';
import { dropOf, filmPictures, pixelsOfLq, withoutName } from './in-page.js';

const temp = mkdtempSync(path.join(os.tmpdir(), 'esrgan-bench-page-'));
t.teardown(() => rmSync(temp, { recursive: true, force: true }));

let files = 0;
function pipelineFile(degrade: string): string {
  const file = path.join(temp, `p${files++}.yml`);
  const images = path.join(root, 'datasets', 'sample', '{astronaut.png,rocket.jpg}');
  writeFileSync(
    file,
    `# Ours.\nname: played\nsource: { images: '${images}' }\nstages:\n  - crop: { size: 200, step: 150 }\n${degrade}  - batch: { size: 2, gt_size: 96 }\nsink: { discard: } # nothing\n`,
  );
  return file;
}

const stage = `  - degrade:
      - blur: { sigma: [1, 3], kernels: { iso: 1 } } # soft
      - jpeg: { quality: [30, 95] } # as the web
      - gaussian_noise: { sigma: [5, 9] }
        prob: 0.5
`;

const hashOf = ({ data, width, height }: { data: Uint8Array; width: number; height: number }): string =>
  createHash('sha1').update(`${width}x${height}`).update(data).digest('base64url');

async function opened(file: string) {
  const defects: unknown[] = [];
  const server = await openPlayground(await loadPipeline(file), {
    port: 0,
    onDefect: (error) => defects.push(error),
  });
  t.teardown(() => server.close());
  return { ...server, defects };
}

const lqHash = (page: Page): Promise<string | null> =>
  page.locator('.compare-panes figure:last-of-type .pane').getAttribute('data-hash');

/** Waits until the picture of lq is another one. */
async function changed(page: Page, from: string | null): Promise<string> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    const now = await lqHash(page);
    if (now !== null && now !== from) return now;
    await page.waitForTimeout(20);
  }
  throw new Error('the picture stays as it is');
}

const names = (page: Page): Promise<string[]> => page.locator('.card-title b').allTextContents();

t.test('the bench in a browser', { skip: noBrowser('playground'), timeout: 240_000 }, async (t) => {
  const browser = await launch();
  t.teardown(() => browser.close());
  const file = pipelineFile(stage);
  const { url, defects } = await opened(file);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' });
  context.setDefaultTimeout(30_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (request) => request.url().startsWith(url) || wrong.push(request.url()));
  await page.goto(url);
  await page.locator('.film canvas').first().waitFor();
  await page.getByRole('button', { name: 'training pair' }).click();
  let lq = await changed(page, null);
  await page.locator('.film li').nth(3).waitFor();

  await t.test('a parameter is changed with keys, and the picture changes', async (t) => {
    await page.locator('[data-step="1"]').click();
    const handle = page.getByRole('slider', { name: 'quality, most' });
    await handle.focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('Shift+ArrowLeft');
    lq = await changed(page, lq);
    t.equal(await page.getByRole('spinbutton', { name: 'quality, most' }).inputValue(), '35');
    const box = page.getByRole('spinbutton', { name: 'quality, least' });
    await box.fill('12');
    await box.press('Enter');
    lq = await changed(page, lq);
    await page.locator('[data-latency]').waitFor();
  });

  await t.test('both handles of a range are dragged with the mouse', async (t) => {
    const drag = async (name: string, from: number, to: number): Promise<void> => {
      const { x, y, width, height } = (await page.getByRole('slider', { name }).boundingBox())!;
      const at = (share: number): number => x + 8 + share * (width - 16);
      await page.mouse.move(at(from), y + height / 2);
      await page.mouse.down();
      await page.mouse.move(at(to), y + height / 2, { steps: 5 });
      await page.mouse.up();
      lq = await changed(page, lq);
    };
    const number = async (name: string): Promise<number> =>
      Number(await page.getByRole('spinbutton', { name }).inputValue());
    const place = (quality: number): number => (quality - 1) / 99;
    await drag('quality, most', place(35), place(80));
    t.ok(Math.abs((await number('quality, most')) - 80) < 3, `${await number('quality, most')}`);
    await drag('quality, least', place(12), place(40));
    t.ok(Math.abs((await number('quality, least')) - 40) < 3, `${await number('quality, least')}`);
    for (const [name, value] of [
      ['quality, least', '12'],
      ['quality, most', '35'],
    ] as const) {
      const box = page.getByRole('spinbutton', { name });
      await box.fill(value);
      await box.press('Enter');
      lq = await changed(page, lq);
    }
  });

  await t.test('the copied YAML is valid, and gives the same bytes', async (t) => {
    await page.getByRole('button', { name: 'Copy YAML' }).click();
    await page.getByText('Copied').waitFor();
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    t.match(
      copied,
      /^- degrade:\n {4}- blur: .* # soft\n {4}- jpeg: \{ quality: \[12, 35\] \} # as the web\n/,
    );
    const pasted = pipelineFile('');
    writeFileSync(pasted, withStageText(readFileSync(file, 'utf8'), copied));
    const command = (await page.locator('.command').textContent()) ?? '';
    const [, id, epoch] = /^esrgan trace (\S+) --epoch (\d+) /.exec(command) ?? [];
    const [pair] = await trace(await loadPipeline(pasted), { ids: [id!], epoch: Number(epoch) });
    t.equal(await lqHash(page), hashOf(pair!.lq));

    const shown = (await page.evaluate(pixelsOfLq(pair!.lq.width, pair!.lq.height))) as number[];
    t.ok(Buffer.from(shown).equals(Buffer.from(pair!.lq.data)), 'on the screen, too, pixel by pixel');
  });

  await t.test('a locked step keeps what it has drawn', async (t) => {
    const words = (key: string) =>
      page.locator(`.card:has([data-step="${key}"]) .drawn-words`).first().textContent();
    const [blur, jpeg] = [await words('0'), await words('1')];
    await page.locator('[data-step="0"]').click();
    await page.keyboard.press('l');
    t.equal(await page.locator('.card:has([data-step="0"]) .lock').getAttribute('aria-pressed'), 'true');
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('r');
      lq = await changed(page, lq);
    }
    t.equal(await page.locator('.draw .mono').textContent(), 'draw 3');
    t.equal(await words('0'), blur);
    t.not(await words('1'), jpeg);
    await page.locator('[data-step="0"]').focus();
    await page.keyboard.press('l');
    await page.keyboard.press('R');
    lq = await changed(page, lq);
    t.not(await words('0'), blur, 'and draws anew when it is released');
  });

  await t.test('steps are moved, added and removed with keys, and that is undone', async (t) => {
    await page.locator('[data-step="0"]').focus();
    await page.keyboard.press('Alt+ArrowDown');
    lq = await changed(page, lq);
    t.strictSame(await names(page), ['jpeg', 'blur', 'gaussian noise']);
    t.equal(
      await page.locator('.card.open [data-step]').getAttribute('data-step'),
      '1',
      'the step stays open',
    );

    await page.getByRole('button', { name: 'Add a step' }).first().click();
    await page.keyboard.type('pixel');
    await page.keyboard.press('Enter');
    lq = await changed(page, lq);
    t.strictSame(await names(page), ['jpeg', 'blur', 'gaussian noise', 'pixelate']);
    await page.locator('[data-step="3"]').focus();
    await page.keyboard.press('Delete');
    lq = await changed(page, lq);
    await page.keyboard.press('Control+z');
    lq = await changed(page, lq);
    t.strictSame(await names(page), ['jpeg', 'blur', 'gaussian noise', 'pixelate']);
    await page.keyboard.press('Control+z');
    lq = await changed(page, lq);
    t.strictSame(await names(page), ['jpeg', 'blur', 'gaussian noise']);
  });

  await t.test('a step is dragged to another place', async (t) => {
    const grip = (await page.locator('[data-grip="0"]').boundingBox())!;
    const last = (await page.locator('[data-item="2"]').boundingBox())!;
    await page.mouse.move(grip.x + 5, grip.y + 10);
    await page.mouse.down();
    await page.mouse.move(last.x + 40, last.y + last.height - 6, { steps: 4 });
    await page.mouse.up();
    lq = await changed(page, lq);
    t.strictSame(await names(page), ['blur', 'gaussian noise', 'jpeg']);
  });

  await t.test('saving writes the file, and its comments stay', async (t) => {
    await page.keyboard.press('Control+s');
    await page.locator('.unsaved').waitFor({ state: 'detached' });
    const saved = readFileSync(file, 'utf8');
    t.match(saved, /^# Ours\.\n/);
    t.match(saved, /- jpeg: \{ quality: \[12, 35\] \} # as the web\n {2}- batch/);
    t.match(saved, '# soft');
    t.match(saved, 'sink: { discard: } # nothing');
    await loadPipeline(file);
  });

  await t.test('the magnifier follows keys in all pictures', async (t) => {
    const drawn = async () => (await page.evaluate(filmPictures)) as string[];
    await page.keyboard.press('Escape');
    const before = await drawn();
    await page.locator('.compare-panes .pane').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(200);
    const under = await drawn();
    t.ok(under.every((one, i) => one !== before[i]));
    await page.keyboard.press('Escape');
    await page.waitForTimeout(200);
    t.strictSame(await drawn(), before);
  });

  await t.test('a photograph of one’s own, by file', async (t) => {
    await page
      .locator('input[type=file]')
      .setInputFiles(path.join(root, 'datasets', 'sample', 'chelsea.png'));
    lq = await changed(page, lq);
    t.equal(await page.locator('.thumb[aria-pressed=true] img').getAttribute('alt'), 'chelsea.png');
    await page.evaluate(dropOf('/api/photos/p1/thumb', 'dropped.jpg'));
    lq = await changed(page, lq);
    t.equal(await page.locator('.thumb[aria-pressed=true] img').getAttribute('alt'), 'dropped.jpg');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no') });
    await page.locator('.messages .bad').waitFor();
    t.match(await page.locator('.messages .bad').textContent(), /^x\.png: /);
    wrong.splice(0, wrong.length, ...wrong.filter((text) => !/400 \(Bad Request\)/.test(text)));
  });

  await t.test('everything has a name, and fits on a phone', async (t) => {
    await page.locator('[data-step="0"]').click();
    const nameless = await page.evaluate(withoutName);
    t.strictSame(nameless, []);
    await page.setViewportSize({ width: 360, height: 780 });
    t.ok(
      await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'),
      'no scrolling sideways',
    );
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: '繁體中文（台灣）' }).click();
    t.equal(await page.locator('h1').textContent(), '劣化試驗台');
    t.equal(await page.locator('.card.open .about').textContent(), '以隨機選出的一類核進行模糊。');
    t.equal(
      await page.locator('.card.open .control.range').first().getAttribute('title'),
      '核的邊長（像素）；僅限奇數。',
    );
    t.equal(await page.locator('.card.open [title="圓形高斯。"] .word').textContent(), 'iso');
    await page.getByRole('button', { name: '加入步驟' }).first().click();
    await page.locator('dialog[open] input').fill('散粒');
    t.strictSame(await page.locator('.offers b').allTextContents(), ['poisson noise']);
    await page.getByRole('button', { name: '取消' }).click();
    t.equal(await page.getAttribute('html', 'lang'), 'zh-TW');
  });

  t.strictSame(wrong, [], 'no errors, and nothing from elsewhere');
  t.strictSame(defects, []);
});

t.test('whatever is sent to the routes, nothing breaks', async (t) => {
  const pipeline = await loadPipeline(pipelineFile(stage));
  const before = readFileSync(pipeline.file, 'utf8');
  const bench = await openBench(pipeline);
  const defects: unknown[] = [];
  const { url, close } = await openUi({
    port: 0,
    routes: benchRoutes(bench),
    onDefect: (error) => defects.push(error),
  });
  t.teardown(async () => {
    await close();
    await bench.close();
  });
  const headers = { 'content-type': 'application/json', 'x-esrgan-page': '1' };
  const send = async (route: string, body: unknown): Promise<number> => {
    const response = await fetch(`${url}api/${route}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const look = { photo: 'p0', window: 0, extent: 'pair', draw: 0 };
  const view = { text: before, look, held: {} };
  t.equal(await send('render', { ...view, have: [] }), 200);
  t.equal(
    (await fetch(`${url}api/render`, { method: 'POST', body: '{}' })).status,
    403,
    'not from another page',
  );

  const odd = fc.oneof(
    fc.string(),
    fc.double(),
    fc.constantFrom(null, [], {}, '__proto__', '../..', -1, 1e308),
  );
  const path_ = fc.array(fc.oneof(fc.nat(3), fc.constantFrom('one_of', 'preset', '__proto__', 'steps')), {
    maxLength: 3,
  });
  const edits = fc.record({
    op: fc.constantFrom('set', 'unset', 'move', 'remove', 'duplicate', 'wrap', 'unfold', 'insert', 'text'),
    path: path_,
    key: fc.array(fc.constantFrom('jpeg', 'blur', 'quality', '__proto__', 'constructor', 'with'), {
      maxLength: 3,
    }),
    value: fc.jsonValue(),
    to: fc.nat(9),
    into: path_,
    at: fc.nat(9),
    step: fc.jsonValue(),
    kind: fc.constantFrom('one_of', 'shuffle', 'x'),
    text: fc.string(),
  });
  const needs: Readonly<Record<string, readonly string[]>> = {
    ...{
      set: ['path', 'key', 'value'],
      unset: ['path', 'key'],
      move: ['path', 'to', 'into'],
      remove: ['path'],
    },
    ...{
      duplicate: ['path'],
      wrap: ['path', 'kind'],
      unfold: ['path'],
      insert: ['path', 'at', 'step'],
      text: ['text'],
    },
  };
  const operation = edits.map((all) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key === 'op' || needs[all.op]?.includes(key))),
  );
  await fc.assert(
    fc.asyncProperty(operation, async (edit) => {
      const status = await send('render', { ...view, have: [], edit });
      if (status !== 200 && status !== 400) throw new Error(`${status}: ${defects.at(-1)}`);
    }),
    { numRuns: 150, seed: 11 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('render', 'find', 'save'),
      fc.constantFrom('text', 'look', 'held', 'have', 'key', 'base', 'more'),
      odd,
      async (route, key, value) => {
        const body = { ...view, have: [], key: '0', base: before, [key]: value };
        const status = await send(route, body);
        if (status < 400 || status >= 500) throw new Error(`${route} ${key}: ${status}`);
      },
    ),
    { numRuns: 60, seed: 5 },
  );
  await fc.assert(
    fc.asyncProperty(
      operation,
      fc.nat(before.length),
      fc.nat(12),
      fc.constantFrom('', ' ', '\n', '- ', '{', ']', ': ', '&a ', '*a', '"', '#', '\t', '!!x ', '%', '---\n'),
      async (edit, at, length, piece) => {
        const text = before.slice(0, at) + piece + before.slice(at + length);
        for (const body of [
          { ...view, text, have: [] },
          { ...view, text, have: [], edit },
        ]) {
          const status = await send('render', body);
          if (status !== 200 && status !== 400) throw new Error(`${status}: ${defects.at(-1)}`);
        }
      },
    ),
    { numRuns: 150, seed: 3 },
  );
  const bomb = before.replace(
    '# Ours.',
    `a: &a [x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]`,
  );
  t.equal(await send('render', { ...view, text: bomb, have: [], edit: { op: 'remove', path: [0] } }), 200);
  for (const target of [
    'photos/p9',
    'photos/p0/thumb/x',
    'photos/..%2f..',
    'photos/p1e3/thumb',
    'photos?from=-1',
    'photos/__proto__',
  ])
    t.equal((await fetch(`${url}api/${target}`)).status, 404, target);
  t.strictSame(defects, []);
  t.equal(readFileSync(pipeline.file, 'utf8'), before);
});

t.test(
  'the command prints the link, and ends when it is stopped',
  { skip: noBrowser('playground') },
  async (t) => {
    const said = { out: '', err: '' };
    const signals = new EventEmitter();
    const io: Io = {
      stdout: { write: (text) => (said.out += text) },
      stderr: { write: (text) => (said.err += text) },
      env: {},
      signals,
      now: () => 0,
    };
    const file = pipelineFile(stage);
    const ended = main(['preview', file, '--ui', '--port', '0', '--seed', '5'], io);
    while (!said.out.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 20));
    const url = said.out.trim();
    t.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    t.match(await (await fetch(url)).text(), '<script src="/playground.js"');
    t.match(await (await fetch(`${url}api/bench`)).json(), { name: 'played', gt_size: 96, scale: 4 });
    signals.emit('SIGINT');
    t.equal(await ended, 0);
    await t.rejects(fetch(url));
    t.equal(await main(['preview', file, '--ui', '--set', 'degrade.preset=mild'], io), 2);
    t.match(said.err, /--set degrade.preset=mild/);
    const none = pipelineFile('');
    t.equal(await main(['preview', none, '--ui', '--set', 'batch=~'], io), 2);
  },
);
