import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Subject } from 'rxjs';
import sharp from 'sharp';
import t from 'tap';
import type { RunEvent } from '../../src/events.js';
import type { SampledPair } from '../../src/pipeline/index.js';
import { experimentAt } from '../../src/training/experiment.js';
import { LogFile } from '../../src/training/log/file.js';
import { OpenExperiment } from '../../src/ui/live/experiment.js';
import { differing, optionsOf } from '../../src/ui/live/experiment-options.js';
import { openExperiments, openLive } from '../../src/ui/live/index.js';
import { LogReader } from '../../src/ui/live/log-lines.js';
import { LogTail } from '../../src/ui/live/log-tail.js';
import { photographsOf } from '../../src/ui/live/photographs.js';
import { initialState, reduce, slowest } from '../../src/ui/live/reduce.js';
import { append, emptySeries, MOST_RECORDS } from '../../src/ui/live/series.js';
import type { LiveMessage, LiveState } from '../../src/ui/live/types.js';
import * as format from '../../src/ui/page/live/format.js';
import { overlaid } from '../../src/ui/page/live/overlay.js';
import { drawn } from '../../src/ui/page/live/params.js';
import { smooth } from '../../src/ui/page/live/smooth.js';
import { words } from '../../src/ui/page/live/words.js';
import { preferred, wordsIn } from '../../src/ui/page/shared/i18n.js';
import fc from '../properties.js';
import { folder, shortPipeline } from './short-run.js';

type Iter = Extract<RunEvent, { type: 'iter' }>;

const iter = (n: number, loss = 1 / n, more: Partial<Iter> = {}): Iter => ({
  type: 'iter',
  epoch: 0,
  iter: n,
  totalIter: 1000,
  lr: 2e-4,
  losses: { l_pix: loss },
  time: 0.5,
  timeData: 0.125,
  eta: 3661,
  ...more,
});

const run = (event: RunEvent): LiveMessage => ({ type: 'run', at: 0, event });
const begun = initialState({ id: 'x', name: 'n', steered: true, trains: true });
const after = (...messages: readonly LiveMessage[]): LiveState => messages.reduce(reduce, begun);

t.test('records: as columns, halved when they grow long, cut when a run goes back', async (t) => {
  let series = emptySeries;
  for (let n = 1; n <= MOST_RECORDS + 1; n++) series = append(series, iter(n, n));
  t.equal(series.iter.length, MOST_RECORDS / 2 + 1);
  t.strictSame(series.iter.slice(0, 2), [2, 4]);
  t.strictSame(series.losses.l_pix!.slice(0, 2), [1.5, 3.5], 'means of neighbours');
  t.equal(series.iter.at(-1), MOST_RECORDS + 1);

  let gan = append(append(emptySeries, iter(1)), iter(2, 0.5, { losses: { l_g_pix: 3, out_d: Number.NaN } }));
  t.strictSame(gan.losses, { l_pix: [1, null], l_g_pix: [null, 3], out_d: [null, null] });
  gan = append(gan, iter(2, 9));
  t.strictSame(
    [gan.iter, gan.losses.l_pix],
    [
      [1, 2],
      [1, 9],
    ],
    'what a resumed run does again counts',
  );
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 60 }), (iters) => {
      const all = iters.reduce((one, n) => append(one, iter(n)), emptySeries);
      const columns = [all.lr, all.time, all.timeData, ...Object.values(all.losses)];
      return (
        columns.every((c) => c.length === all.iter.length) &&
        all.iter.every((n, i) => i === 0 || n > all.iter[i - 1]!)
      );
    }),
  );
});

t.test('the state of a run', async (t) => {
  const stage = (name: string, out: number, busyMs: number) => ({
    ...{ stage: name, in: out, out, waiting: 0, busyMs, concurrency: 2 },
  });
  const stats = (elapsedMs: number, out: number, busy: number): LiveMessage =>
    run({
      type: 'stats',
      stages: [stage('decode', out, busy / 10), stage('train', out, busy)],
      rss: 7,
      elapsedMs,
    });
  const state = after(
    run({ type: 'first', elapsedMs: 1 }),
    stats(1000, 10, 1000),
    stats(2000, 30, 2000),
    run(iter(5)),
    run({ type: 'file', path: 'a.png', outcome: 'failed', reason: 'cut', notes: [], crops: 0 }),
    run({ type: 'warning', message: 'careful' }),
    run({ type: 'saved', what: 'checkpoint', path: '/x/net_g_5.pth' }),
    run({ type: 'validation', iter: 5, results: [{ name: 'p', psnr: 25, psnrBicubic: 24 }] }),
  );
  t.equal(state.phase, 'running');
  t.equal(state.stages[1]!.rate, 10 + 0.3 * (20 - 10), 'smoothed');
  t.equal(state.stages[1]!.load, 0.5, 'of two workers');
  const waits = (timeData: number) => slowest({ ...state, last: iter(6, 1, { timeData }) })?.stage;
  t.strictSame(
    [waits(0.02), waits(0.3)],
    ['train', 'decode'],
    'training is the slowest until it waits for data',
  );
  t.equal(slowest({ stages: state.stages })?.stage, 'train');
  t.strictSame(state.history.pairs.length, 2);
  t.equal(state.unusedCount, 1);
  t.match(state.checkpoint, { path: '/x/net_g_5.pth' });
  t.strictSame(
    state.log.map(({ level, text }) => `${level}: ${text}`),
    [
      'warning: failed: a.png: cut',
      'warning: careful',
      'info: checkpoint: /x/net_g_5.pth',
      'info: validation at 5: p 25.00 dB',
    ],
  );
  const better = [{ name: 'q', psnr: 26, psnrBicubic: 24 }];
  t.strictSame(reduce(state, { type: 'measured', iter: 5, results: better }).validation, [
    { iter: 5, results: better },
  ]);
  const paused = reduce(state, run({ type: 'state', state: 'paused' }));
  t.equal(paused.phase, 'paused');
  const stopping = reduce(paused, { type: 'phase', at: 0, phase: 'stopping' });
  t.equal(
    reduce(stopping, run({ type: 'state', state: 'running' })).phase,
    'stopping',
    'it is not running again',
  );
  const failed = reduce(stopping, { type: 'phase', at: 0, phase: 'failed', text: 'why' });
  t.match([failed.phase, failed.log.at(-1)], ['failed', { level: 'error', text: 'why' }]);
  const many = Array.from({ length: 1000 }, (_, i): LiveMessage[] => [
    run({ type: 'warning', message: `${i}` }),
    run({ type: 'file', path: `${i}`, outcome: 'skipped', notes: [], crops: 0 }),
    stats(3000 + i * 500, i, i),
  ]).flat();
  const full = many.reduce(reduce, state);
  t.strictSame(
    [full.log.length, full.unused.length, full.unusedCount, full.history.rss.length],
    [400, 300, 1001, 240],
  );
  t.strictSame(JSON.parse(JSON.stringify(full)), full, 'plain JSON: a snapshot is the state itself');
});

t.test('the log of an experiment is read as it was written', async (t) => {
  const root = path.join(folder(), 'try');
  mkdirSync(root);
  const log = new LogFile(experimentAt(root, 'pth'), new Date(2026, 10, 25, 2, 41));
  const events: RunEvent[] = [
    { type: 'engine', engine: 'onnxruntime', reason: 'on cpu, the fastest' },
    iter(6500, 0.068241, { epoch: 5, lrs: [2e-4, 1e-4], eta: 470867 }),
    { type: 'warning', message: 'a [strange] one' },
    {
      type: 'validation',
      iter: 6500,
      results: [{ name: 'p', psnr: 25.5, psnrBicubic: 24, metrics: { ssim: 0.75 } }],
    },
    { type: 'saved', what: 'checkpoint', path: '/a b/net_g_6500.pth' },
  ];
  for (const event of events) log.event(event);
  const reader = new LogReader(1000);
  const tail = new LogTail(root);
  const told: LiveMessage[] = [];
  const look = async (): Promise<void> => {
    await tail.read((line) => told.push(...reader.line(line)));
    told.push(...reader.end());
  };
  await look();
  const [engine, step, warning, validation, saved] = told.map(
    (message) => message.type === 'run' && message.event,
  );
  t.strictSame(engine, events[0]);
  t.strictSame(step, iter(6500, 0.068241, { epoch: 5, lrs: [2e-4, 1e-4], eta: 470867 }));
  t.strictSame(warning, events[2]);
  t.match(validation, { iter: 6500, results: [{ name: 'mean', psnr: 25.5, metrics: { ssim: 0.75 } }] });
  t.strictSame(saved, events[4]);
  t.equal(new Date((told[0] as { at: number }).at).getFullYear(), new Date().getFullYear());

  // Half a line, also half a character, waits for the other half.
  const line = Buffer.from('2026-11-25 02:42:00,000 WARNING: 圖片\n');
  appendFileSync(log.file, line.subarray(0, 35));
  await look();
  t.equal(told.length, 5);
  appendFileSync(log.file, line.subarray(35));
  await look();
  t.match(told[5], { event: { message: '圖片' } });
});

t.test('logs of BasicSR, and rubbish', async (t) => {
  const reader = new LogReader(400_000);
  const text = `
                ____                _       _____  ____
2021-07-25 21:30:01,123 INFO:
	Loss [L1Loss] is created.
2021-07-25 21:31:01,456 INFO: [train..][epoch:  5, iter:   6,500, lr:(2.000e-04,)] [eta: 5 days, 10:47:47, time (data): 0.476 (0.002)] l_pix: 6.8241e-02 l_g_gan: nan out/d: -1.5000e+00 
2021-07-25 21:32:00,000 INFO: Validation Set5
	 # psnr: 25.1234\tBest: 25.1234 @ 6500 iter
	 # ssim: 0.7512
2021-07-25 21:33:00,000 INFO: Saving models and training states.
`;
  const told = [...text.split('\n').flatMap((line) => reader.line(line)), ...reader.end()];
  t.match(
    told.map((message) => message.type === 'run' && message.event),
    [
      { type: 'iter', iter: 6500, epoch: 5, eta: 470867, losses: { l_pix: 0.068241, 'out/d': -1.5 } },
      { type: 'validation', iter: 6500, results: [{ psnr: 25.1234, metrics: { ssim: 0.7512 } }] },
    ],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...text.split('\n')))), (lines) => {
      const one = new LogReader(1);
      for (const line of lines) one.line(line);
      one.end();
    }),
  );
});

/** An experiment as a run leaves it behind. */
async function experiment(at: string, name: string, lr: number, iters: number): Promise<string> {
  const root = path.join(at, name);
  const view = path.join(root, 'visualization', 'cup');
  mkdirSync(path.join(root, 'models'), { recursive: true });
  mkdirSync(view, { recursive: true });
  writeFileSync(
    path.join(root, 'options.yml'),
    `name: ${name}\ntrain: { total_iter: 20, optim_g: { lr: ${lr} }, betas: [0.9, 0.99] }\n`,
  );
  const log = new LogFile(experimentAt(root, 'pth'), new Date());
  for (let n = 1; n <= iters; n++) log.event(iter(n, 1 / n));
  log.event({ type: 'validation', iter: iters, results: [{ name: 'cup', psnr: 20 + lr, psnrBicubic: 19 }] });
  const create = { width: 8, height: 6, channels: 3, background: '#c43' } as const;
  for (const file of ['lq', 'bicubic', 'gt', '10', '9'])
    await sharp({ create })
      .png()
      .toFile(path.join(view, `${file}.png`));
  return root;
}

t.test('experiments on disk', async (t) => {
  const at = folder();
  const first = await experiment(at, 'first', 0.5, 20);
  await experiment(at, 'second', 0.25, 10);
  new LogFile(experimentAt(await experiment(at, 'third', 0.25, 10), 'pth'), new Date()).stopped(10);
  mkdirSync(path.join(at, 'no experiment'));
  writeFileSync(path.join(first, 'secret.png'), 'secret');
  symlinkSync(path.join(first, 'secret.png'), path.join(first, 'visualization', 'cup', '77.png'));
  t.strictSame(await photographsOf(first), [{ name: 'cup', width: 8, height: 6, iters: [9, 10, 77] }]);
  t.match((await optionsOf(first)).values, { 'train.optim_g.lr': '0.5', 'train.betas': '[0.9,0.99]' });

  const open = await OpenExperiment.open(first);
  t.teardown(() => open.close());
  t.equal(open.watched.state.phase, 'ended');
  t.equal(open.watched.state.series.iter.length, 20);
  await open.look();
  t.equal(open.watched.state.series.iter.length, 20, 'nothing is read twice');

  const ui = await openExperiments(at, { port: 0 });
  t.teardown(() => ui.close());
  const get = (target: string) => fetch(new URL(target, ui.url));
  const comparison = await (await get('/api/experiments')).json();
  t.match(comparison, {
    runs: [
      {
        name: 'first',
        phase: 'ended',
        iter: 20,
        totalIter: 20,
        validation: [{ iter: 20, values: { psnr: 20.5 } }],
      },
      { name: 'second', phase: 'away', iter: 10 },
      { name: 'third', phase: 'stopped', iter: 10 },
    ],
    options: [{ option: 'train.optim_g.lr', values: ['0.5', '0.25', '0.25'] }],
  });
  t.equal((await get('/e/first/api/photographs/cup/10.png')).headers.get('content-type'), 'image/png');
  for (const bad of [
    ...['/e/first/api/photographs/cup/77.png', '/e/first/api/photographs/cup/secret.png'],
    ...['/e/first/api/photographs/../secret.png', '/e/first/api/photographs/%2e%2e/10.png'],
    ...[
      '/e/fourth',
      '/e/fourth/api/events',
      '/e/no%20experiment',
      '/e/first/options.yml',
      '/api/ask',
      '/e/..%2ffirst',
      '/e/',
    ],
  ])
    t.equal((await get(bad)).status, 404, bad);
  t.equal((await get('/e/second')).status, 200);
  const single = await openExperiments(first, { port: 0 });
  t.teardown(() => single.close());
  t.equal((await fetch(new URL('/api/photographs/cup/9.png', single.url))).status, 200);
  await t.rejects(openExperiments(path.join(at, 'nothing')), {
    code: 'NO_EXPERIMENT',
    remedy: /experiments\/NAME/,
  });
  await t.rejects(openExperiments(path.join(at, 'no experiment')), { code: 'NO_EXPERIMENT' });
  t.strictSame(
    differing([
      { a: '1', name: 'x' },
      { a: '1', b: '2', name: 'y' },
    ]),
    [{ option: 'b', values: [undefined, '2'] }],
  );
});

t.test('the page of a run: what it may ask, and the pictures of its pairs', async (t) => {
  const page = await openLive(await shortPipeline(folder(), 1), { port: 0 });
  const asked: string[] = [];
  const note = (what: string) => (): void => void asked.push(what);
  const post = (ask: unknown) =>
    fetch(new URL('/api/ask', page.url), {
      method: 'POST',
      headers: { 'x-esrgan-page': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ ask }),
    });
  t.match(await (await post('pause')).json(), { error: { code: 'TOO_EARLY' } });
  const events = new Subject<RunEvent>();
  const pairs = new Subject<SampledPair>();
  page.follow({
    events,
    pairs,
    controls: {
      ...{ pause: note('pause'), resume: note('resume'), save: note('save') },
      ...{ validate: note('validate'), stop: note('stop') },
    },
  });
  for (const ask of ['pause', 'resume', 'save', 'validate', 'stop'])
    t.equal((await post(ask)).status, 204, ask);
  t.strictSame(asked, ['pause', 'resume', 'save', 'validate', 'stop']);
  for (const ask of ['constructor', 'toString', '', 1, null]) t.equal((await post(ask)).status, 400);

  const pixels = (edge: number) => ({
    width: edge,
    height: edge,
    data: new Uint8Array(3 * edge * edge).fill(edge),
  });
  const augment = { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 8 };
  const record = { id: 'a@HR:8x8+0+0', epoch: 0, seed: '0', augment, degradations: [] };
  for (let n = 1; n <= 30; n++) pairs.next({ batch: n, record, gt: pixels(8), lq: pixels(2) });
  const get = (target: string) => fetch(new URL(target, page.url));
  const png = Buffer.from(await (await get('/api/pairs/30/lq.png')).arrayBuffer());
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  t.strictSame([info.width, info.height, data[0]], [2, 2, 2]);
  for (const bad of [
    '/api/pairs/1/gt.png',
    '/api/pairs/31/gt.png',
    '/api/pairs/30/x.png',
    '/api/pairs/3e1/gt.png',
  ])
    t.equal((await get(bad)).status, 404, bad);
  const stream = await get('/api/events');
  const closing = page.close({ error: new Error('why') });
  const text = await stream.text();
  t.match(text, /"type":"phase".*"phase":"failed","text":"why"/);
  t.match(text, /event: closed/);
  await closing;
});

t.test('figures of the page', async (t) => {
  t.strictSame(
    [0, 59, 3661, 93784, Number.NaN, null, undefined].map((seconds) => format.duration(seconds)),
    ['0:00', '0:59', '1:01:01', '1 d 02:03', '–', '–', '–'],
  );
  t.strictSame(
    [0.012, 0.5, 1.234, 12.34, null].map((s) => format.stepTime(s).join(' ')),
    ['12.0 ms', '500 ms', '1.23 s', '12.3 s', '– '],
  );
  t.strictSame([0.068241, 123.4, 0.00001234, 0, null].map(format.figure), [
    '0.06824',
    '123.4',
    '1.234e-5',
    '0',
    '–',
  ]);
  t.strictSame([0.5, 42.123, 12345].map(format.rate), ['0.50', '42.1', '12,345']);
  t.equal(format.bytesOf(54_000_000, 201326592), '51.5 / 192 MiB');
  t.strictSame(
    [format.bytes(512), format.bytes(1536)],
    [
      ['512', 'B'],
      ['1.5', 'KiB'],
    ],
  );
  t.equal(format.baseName('a\\b/c.png'), 'c.png');
  t.strictSame(smooth([1, null, 3], 0, [1, 2, 3]), [1, null, 3]);
  const [a, b] = smooth([2, 4], 0.5, [1, 10]) as number[];
  t.equal(a, 2, 'not pulled towards 0');
  t.ok(Math.abs(b! - 10 / 3) < 1e-12);
  const level = smooth([2, 2, 2, 2, 8], 0.5, [1, 10, 20, 30, 31]) as number[];
  t.ok(level[4]! > 2 && level[4]! < 2.5, 'a mean over one step is no spike at the end of means over ten');
  t.strictSame(smooth([], 0.5, []), []);
  t.strictSame(
    overlaid([
      { x: [1, 3], y: [5, 6] },
      { x: [2, 3], y: [7, null] },
    ]),
    {
      x: [1, 2, 3],
      values: [
        [5, null, 6],
        [null, 7, null],
      ],
    },
  );
  t.strictSame(drawn({ a: 1.23456, k: [1, 2], big: Array(9).fill(0), in: { b: true } }), [
    ...[
      ['a', '1.235'],
      ['k', '[1, 2]'],
      ['big', '[9]'],
      ['in.b', 'true'],
    ],
  ] as never);
  t.strictSame([drawn(undefined), drawn(3)], [[], [['', '3']]] as never);
});

t.test('both languages say everything', async (t) => {
  t.strictSame(
    [
      preferred(null, ['zh-TW']),
      preferred(null, ['de', 'zh-Hant-HK', 'en']),
      preferred('en', ['zh']),
      preferred(null, ['de']),
    ],
    ['zh-TW', 'zh-TW', 'en', 'en'],
  );
  for (const [key, [en, zh]] of Object.entries(words)) {
    t.equal(typeof zh, typeof en, key);
    if (typeof en === 'object') t.strictSame(Object.keys(zh), Object.keys(en), key);
    if (typeof en === 'function') t.equal((zh as () => string).length, en.length, key);
    if (typeof zh === 'string') t.match(zh, /[\u4e00-\u9fff]/, key);
  }
  t.equal(wordsIn(words, 'zh-TW').pause, '暫停');
});
