import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import type { FileOutcome, RunSummary, ValidationResult } from '../../src/events.js';
import {
  changesBetween,
  effectiveOptions,
  type ReportInput,
  renderReport,
  writeReport,
} from '../../src/report/index.js';
import { theme } from '../../src/report/style.js';
import fc from '../properties.js';
import { root } from '../root.js';
import { type Element, parse } from './parse.js';
import { losses, pixel, sample, text, writing } from './sample.js';

/** Units are kept with their number by a no-break space; tests write a plain one. */
const plain = (value: string): string => value.replaceAll('\u00a0', ' ');

function page(input: ReportInput) {
  const elements = parse(renderReport(input));
  const all = (name: string, className?: string): Element[] =>
    elements.filter(
      (e) => e.name === name && (!className || e.attributes.class?.split(' ').includes(className)),
    );
  const texts = (name: string, className?: string): string[] =>
    all(name, className).map((e) => plain(e.text));
  const main = elements.filter((e) => e.name === 'header' || e.name === 'main');
  const body = plain(main.map(({ text: own }) => own).join(''));
  const zh = plain(main.map(({ zh: own }) => own).join(''));
  return { elements, all, texts, body, zh, lead: texts('p', 'lead')[0] };
}

const withSummary = (changes: Partial<RunSummary>, base = sample): ReportInput => ({
  ...base,
  summary: { ...base.summary, ...changes },
});
const validated = (...results: ValidationResult[]) => withSummary({ validation: [{ iter: 300, results }] });

t.test('a training run in one sentence, won or lost or tied', async (t) => {
  const start = 'Trained 300 iterations in 1 min 48 s on the wasm engine; the network reaches ';
  t.equal(
    page(sample).lead,
    `${start}27.31 dB on coffee.png against bicubic’s 27.10 dB, so it wins by 0.21 dB.`,
  );
  const lead = (psnr: number, psnrBicubic: number) =>
    page(validated({ name: 'a.png', psnr, psnrBicubic })).lead;
  t.match(
    lead(26.951, 27.104),
    'reaches 26.95 dB on a.png against bicubic’s 27.10 dB, so it loses by 0.15 dB.',
  );
  t.match(lead(27.101, 27.104), 'against bicubic’s 27.10 dB, a tie.');
  t.match(
    lead(Number.NaN, 27.1),
    'reaches not a number on a.png against bicubic’s 27.10 dB, so the two cannot',
  );
  t.match(
    lead(Number.POSITIVE_INFINITY, 27.1),
    'reaches ∞ dB on a.png against bicubic’s 27.10 dB, so it wins by ∞ dB',
  );
  const several = validated(
    { name: 'a.png', psnr: 30, psnrBicubic: 29 },
    { name: 'b.png', psnr: 25, psnrBicubic: 26.5 },
  );
  t.match(
    page(several).lead,
    'a mean of 27.50 dB on 2 pictures against bicubic’s 27.75 dB, so it loses by 0.25 dB (ahead on 1 of 2).',
  );
});

t.test('stopped, resumed and unfinished training say so', async (t) => {
  const bare = { validation: undefined };
  t.equal(
    page(withSummary({ ...bare, stopped: true })).lead,
    'Stopped on request: trained 300 iterations in 1 min 48 s on the wasm engine.',
  );
  t.match(
    page(withSummary({ ...bare, batches: 100 })).lead,
    'Trained up to iteration 300 (100 batches in this run)',
  );
  const nothing = page(withSummary({ ...bare, losses: [], elapsedMs: 900 }));
  t.equal(
    nothing.lead,
    'Training ended after 900 ms on the wasm engine before its first recorded iteration.',
  );
  t.match(nothing.body, 'No losses were recorded.');
  t.match(nothing.body, 'No validation was made.');
});

t.test('the facts: loss, files, crops, memory, pictures, environment, command, options', async (t) => {
  const { body, texts } = page(sample);
  t.same(
    texts('dl', 'facts')[0]
      .match(/(0\.\d+)(0\.\d+) at the start/)
      ?.slice(1),
    ['0.0222', '0.200'],
  );
  t.match(body, 'Files used6 of 81 failed, 1 skipped');
  t.match(body, 'Crops2,416301 batches');
  t.match(body, 'Peak memory702 MiB');
  t.match(body, 'AMD EPYC 7B13, 2 cores');
  t.match(body, '17.1% (a perfect shuffle: 16.6%)');
  t.match(body, 'about 46.1 MiB of scaled copies');
  t.match(body, '2026-11-24 09:41 UTC');
  t.match(body, 'Seed0');
  t.match(body, `Configuration${sample.hash}`);
  t.match(body, 'Versionsesrgan-stream 0.1.0, Node 20.19.2, onnxruntime-node 1.30.0, sharp 0.35.5');
  t.match(body, 'Working folder/home/ada/esrgan-stream');
  t.same(texts('pre'), [`\n${text}`, '\nnpx esrgan run pipelines/quickstart.yml --seed 0']);
});

t.test('pictures: all of a photograph side by side, two of them under a slider', async (t) => {
  const { all, texts, body } = page(sample);
  const pictures = all('img').filter(({ attributes }) => attributes.src);
  t.same(
    pictures.map(({ attributes }) => [attributes['data-kind'], attributes.alt]),
    [
      ['lq', 'coffee.png: LQ'],
      ['bicubic', 'coffee.png: bicubic, 27.10\u00a0dB'],
      ['network-1', 'coffee.png: network, 27.31\u00a0dB'],
      ['gt', 'coffee.png: GT'],
      ['network-0', 'coffee.png: iteration 150, 26.41\u00a0dB'],
    ],
  );
  for (const { attributes } of pictures) {
    t.equal(attributes.src, `data:image/png;base64,${pixel.toString('base64')}`);
    t.same([attributes.width, attributes.height], ['1', '1']);
  }
  t.same(
    all('option').map(({ text: shown, attributes }) => shown + ('selected' in attributes ? '*' : '')),
    ['LQ', 'bicubic*', 'network', 'GT', 'LQ', 'bicubic', 'network*', 'GT'],
  );
  t.equal(all('input', 'iteration')[0].attributes['data-steps'], '["150","300"]');
  t.ok('hidden' in all('div', 'comparison')[0].attributes, 'what needs the script is not there without it');
  t.match(texts('summary')[0], 'The network at 1 earlier iteration');
  t.notMatch(body, 'more photograph');
  t.match(page({ ...sample, moreScenes: 2 }).body, 'Pictures of 2 more photographs are not shown');
  const [{ network, ...rest }] = sample.scenes;
  const one = page({ ...sample, scenes: [{ ...rest, network: network.slice(1) }] });
  t.equal(one.all('input', 'iteration').length, 0, 'nothing to choose from');
});

t.test('options: what the command line changed, what differs from the published file', async (t) => {
  const { body, texts } = page(sample);
  const rows = texts('tr').filter((row) => /^(stages|train|seed)/.test(row));
  t.same(rows.slice(-5), [
    'stages.batch.size48',
    'stages.batch.size48',
    'train.train.total_iter2000not set',
    'seed0',
    'stages.batch.size8',
  ]);
  t.match(body, 'Against pipelines/quickstart.yml, the published file it is nearest to: 2 differences');
  t.match(body, 'All 2 options in effect');
  const { options } = sample;
  const same = page({
    ...sample,
    options: { ...options, changed: [], published: { name: 'pipelines/x.yml', changes: [] } },
  });
  t.match(same.body, 'Nothing: the run is what its files say.');
  t.match(same.body, 'The run is that of the published pipelines/x.yml, unchanged.');
  t.notMatch(page(writing).body, 'Changed on the command line');
});

t.test('differences of options, place by place', async (t) => {
  const before = { a: 1, list: [1, 2], steps: [{ blur: { sigma: [0, 1] } }, { jpeg: {} }], gone: 'x' };
  const after = { a: 1, list: [1, 3], steps: [{ blur: { sigma: [0, 2] } }], more: { deep: true } };
  t.same(changesBetween(before, after), [
    { path: 'list', before: '[1,2]', after: '[1,3]' },
    { path: 'steps.0.blur.sigma', before: '[0,1]', after: '[0,2]' },
    { path: 'more.deep', before: undefined, after: 'true' },
    { path: 'gone', before: '"x"', after: undefined },
  ]);
  t.same(changesBetween(before, structuredClone(before)), []);
  t.same(effectiveOptions({ x: { y: null, z: undefined }, w: [] }), [
    { path: 'x.y', after: 'null' },
    { path: 'w', after: '[]' },
  ]);
});

t.test('the second language has every text, and the same figures', async (t) => {
  const { zh, body, elements } = page(sample);
  t.match(
    zh,
    '以 1 min 48 s 訓練了 300 次疊代（引擎：wasm）；網路在 coffee.png 上達到 27.31 dB，bicubic 為 27.10 dB，領先 0.21 dB。',
  );
  t.match(zh, '8 個檔案 = 使用 6 + 略過 1 + 失敗 1。');
  t.match(zh, '最慢的階段是 train：忙碌佔執行時間的 91%。前面的階段都跟得上。');
  const spans = elements.filter(({ tongue }) => tongue !== undefined);
  const [en, zhs] = (['en', 'zh'] as const).map((one) => spans.filter(({ tongue }) => tongue === one));
  t.ok(en.length > 100);
  t.equal(en.length, zhs.length);
  t.ok(zhs.every(({ attributes }) => attributes.lang === 'zh-TW'));
  const figures = (shown: string): string[] => (shown.match(/\d[\d.,:]*\d|\d/g) ?? []).sort();
  for (const [i, { text: own }] of en.entries())
    t.same(figures(zhs[i].zh), figures(own), `${own} | ${zhs[i].zh}`);
  t.notMatch(body.replace('EN中文', ''), /[\u4e00-\u9fff]/, 'no Chinese for readers of English');
  for (const { attributes } of elements)
    for (const name of Object.keys(attributes).filter(
      (key) => /^data-zh-/.test(key) && !/labels|name|cop/.test(key),
    ))
      t.ok(attributes[name.replace('data-zh-', '')], `${name} has something to take the place of`);
});

t.test('every file is accounted for, failed and skipped first', async (t) => {
  const { texts, all, body } = page(sample);
  t.match(body, '8 files = 6 used + 1 skipped + 1 failed.');
  const titles = texts('summary').filter((title) => /^(Failed|Skipped|Used)/.test(title));
  t.same(titles, ['Failed: 1', 'Skipped: 1', 'Used, with conversions: 3', 'Used as they are: 3']);
  t.same(
    all('details')
      .filter((e) => 'open' in e.attributes && e.attributes.class)
      .map((e) => e.attributes.class),
    ['failed', 'skipped'],
  );
  const rows = texts('th', 'path').slice(-8);
  t.equal(texts('span', 'path')[0], '/home/ada/esrgan-stream/datasets/sample/');
  t.same(rows.toSorted(), sample.summary.files.map((file) => path.basename(file.path)).toSorted());
  t.same(rows.slice(0, 2), ['broken.jpg', 'icon.png']);
  t.match(body, 'broken.jpgVipsJpeg: premature end of JPEG image at line 212');
  t.match(body, 'raccoon.pngalpha dropped over white\n16-bit reduced to 824');
  const fewer = withSummary({ stopped: true, files: sample.summary.files.slice(0, 5) });
  t.match(page(fewer).body, 'The plan counted 8 files; the run was stopped before it reached the others.');
  t.match(
    page(withSummary({ files: [] })).body,
    '0 files = 0 used + 0 skipped + 0 failed.The plan counted 8 files; the two should be equal.',
  );
  const small = (i: number): FileOutcome => ({
    path: `/in/${i}.png`,
    outcome: 'skipped',
    reason: 'too small',
    notes: [],
    crops: 0,
  });
  const many = page(withSummary({ files: Array.from({ length: 60 }, (_, i) => small(i)) }));
  t.match(many.texts('ul', 'reasons')[0], '60 too small');
  t.notOk('open' in many.all('details', 'skipped')[0].attributes, 'a long group starts closed');
});

t.test('the slowest stage is obvious, by work divided by places', async (t) => {
  const { texts, body } = page(sample);
  t.same(texts('li', 'slowest'), ['train91%']);
  t.match(body, 'The slowest stage is train: busy 91% of the run. The stages before it kept up.');
  const row = texts('tr').find((line) => line.startsWith('multiscale'));
  t.equal(row, 'multiscale3001,20011.10.531.3 ms× 215.7 ms9.4 s0 B of 256 MiB');
  const degrade = { stage: 'degrade', in: 100, out: 100, waiting: 3, busyMs: 200_000, concurrency: 2 };
  const slow = page(withSummary({ elapsedMs: 101_000, stages: [...sample.summary.stages, degrade] }));
  t.match(
    slow.body,
    'The slowest stage is degrade: busy 99% of the run. It sets the pace, not the training.',
  );
  t.match(page(withSummary({ stages: [] })).body, 'No stage statistics were recorded.');
});

const readoutsOf = (chart: Element): string[] =>
  (JSON.parse(chart.attributes['data-values']) as string[][]).map((row) => plain(row.join(' ')));

t.test('curves: loss, PSNR, learning rate, time, pace, memory; every value readable', async (t) => {
  const { all, texts, body } = page(sample);
  t.equal(all('svg').length, 6);
  t.same(
    texts('h3').filter((title) => !title.startsWith('coffee')),
    [
      'Loss l_pix',
      'PSNR on coffee.png',
      'Learning rate',
      'Time of a step',
      'Where the time goes',
      'Pace of train',
      'Memory of the process',
      'Changed on the command line',
    ],
  );
  t.match(body, 'l_pix (log scale)', 'falls by more than a factor of ten');
  t.match(
    all('svg')[0].attributes['aria-label'],
    'l_pix: 0.200 over the first 10 steps, 0.0222 over the last 10',
  );
  const [loss, psnr, rate, time, pace] = all('div', 'chart');
  t.equal(loss.attributes['data-labels'], '["iteration","l_pix","smoothed"]');
  t.equal(loss.attributes['data-zh-labels'], '["疊代","l_pix","平滑後"]');
  const last = losses[299].losses.l_pix.toPrecision(3);
  t.match(readoutsOf(loss).at(-1), `300 ${last} 0.02`);
  t.ok(readoutsOf(psnr).includes('150 26.41 dB'));
  t.equal(readoutsOf(rate)[0], '1 2.000e-3');
  t.match(body, 'The learning rate went from 2.000e-3 to 6.667e-6.');
  t.match(body, /A step took 30\d ms in the middle of all records, 3\.00 ms of it waiting for data \(1%\)/);
  t.equal(readoutsOf(time).length, 299, 'without the first step');
  t.match(readoutsOf(pace)[0], '2.5 2.80');
  t.match(body, 'train: 2.80 a second in the middle, between 2.80 and 2.80.');
  t.match(body, 'All 2 validations');
  const single = page({ ...validated({ name: 'a.png', psnr: 30, psnrBicubic: 29 }), steps: [], moments: [] });
  t.equal(single.all('svg').length, 1, 'one validation: no curve');
  const marks = all('path', 'dots')[0].attributes.d.match(/M/g);
  t.equal(marks?.length, losses.length);
  const two = sample.steps?.map((step) => ({ ...step, lrs: [1e-4, 4e-4] }));
  t.match(page({ ...sample, steps: two }).body, 'generatordiscriminator');
  const measured = sample.summary.validation?.map(({ iter, results }) => ({
    iter,
    results: results.map((result) => ({ ...result, metrics: { ssim: iter / 1000 } })),
  }));
  t.match(
    page(withSummary({ validation: measured })).body,
    'ssim of the network on mean over the photographs: 0.1500 at iteration 150, 0.3000 at the end',
  );
});

t.test('losses that are not finite are left out and named', async (t) => {
  const broken = losses.map((step) => (step.iter > 298 ? { ...step, losses: { l_pix: Number.NaN } } : step));
  t.match(
    page(withSummary({ losses: broken })).body,
    '2 recorded steps have a loss that is not a finite number (the first at iteration 299)',
  );
  t.notMatch(renderReport(withSummary({ losses: broken })), /(?: d|data-[xy])="[^"]*NaN/);
  const all = losses.map(({ iter }) => ({ iter, losses: { l_pix: Number.POSITIVE_INFINITY } }));
  t.match(
    page(withSummary({ losses: all })).body,
    '300 recorded steps have a loss that is not a finite number',
  );
  const one = page(withSummary({ losses: [{ iter: 7, losses: { l_pix: 0.5, l_gan: -2 } }] }));
  t.match(one.body, 'l_gan: -2.00 at iteration 7, the only recorded step.');
});

t.test('long runs stay small: a band instead of a million dots', async (t) => {
  const long = Array.from({ length: 100_000 }, (_, i) => ({
    iter: i + 1,
    losses: { l_pix: 1 + ((i * 7919) % 100) / 100 },
  }));
  long[5_000].losses.l_pix = 9;
  const html = renderReport(withSummary({ losses: long }));
  t.ok(html.length < 200_000, `${html.length} characters`);
  const document = page(withSummary({ losses: long }));
  t.equal(document.all('path', 'band').length, 1);
  t.ok(document.texts('text').includes('8'), 'the axis reaches up to the spike');
});

t.test('write and discard runs have no training part', async (t) => {
  const { body, lead, all } = page(writing);
  t.equal(lead, 'Wrote 95 crops from 6 images in 2.0 s.');
  t.notMatch(body, /Training|PSNR|Loss|engine ?:/i);
  t.equal(all('svg').length + all('img').length, 0);
  const counted = withSummary({ stages: writing.summary.stages.slice(0, 2), batches: 12 }, writing);
  t.equal(page(counted).lead, 'Streamed 95 crops from 6 images in 12 batches in 2.0 s, and kept nothing.');
});

t.test('self-contained, accessible, and the same text for the same input', async (t) => {
  const html = renderReport(sample);
  t.equal(html, renderReport(sample));
  t.notMatch(html, /https?:|\/\/[a-z]|<link|@import|url\(|innerHTML|eval/i);
  t.equal(html.match(/<script/g)?.length, 1);
  const [, own = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? [];
  const hash = createHash('sha256').update(own);
  t.match(html, `script-src &#39;sha256-${hash.digest('base64')}&#39;`, 'no other script may run');
  const { elements, all } = page(sample);
  for (const { attributes } of elements) t.notOk(Object.keys(attributes).some((name) => /^on/.test(name)));
  t.ok(
    all('img').every(
      ({ attributes: { src, alt } }) => (src?.startsWith('data:image/png;base64,') && alt) || alt === '',
    ),
  );
  t.ok(all('th').every((th) => th.attributes.scope === 'col' || th.attributes.scope === 'row'));
  t.ok(all('svg').every((svg) => svg.attributes.role === 'img' && svg.attributes['aria-label']));
  const ids = elements.flatMap(({ attributes }) => attributes.id ?? []);
  t.equal(new Set(ids).size, ids.length, 'ids are unique');
  t.ok(
    all('a').every((a) => ids.includes(a.attributes.href.slice(1))),
    'links lead to sections',
  );
});

/** The sample with one hostile string in every place that takes one. */
function hostile(word: string): ReportInput {
  const { summary, plan } = sample;
  return {
    name: word,
    summary: {
      ...summary,
      name: word,
      files: summary.files.map((f) => ({
        ...f,
        path: `/in/${word}`,
        reason: f.reason && word,
        notes: f.notes.map(() => word),
      })),
      stages: summary.stages.map((stage) => ({ ...stage, stage: stage.stage === 'train' ? 'train' : word })),
      losses: losses.slice(0, 30).map((step) => ({ iter: step.iter, losses: { [word]: step.losses.l_pix } })),
      validation: summary.validation?.map(({ iter, results }) => ({
        iter,
        results: results.map((r) => ({ ...r, name: word })),
      })),
    },
    plan: { ...plan, scales: plan.scales.map((scale) => ({ ...scale, tag: word })) },
    engine: { name: word, reason: word },
    scenes: sample.scenes.map((scene) => ({ ...scene, name: word })),
    steps: sample.steps,
    moments: sample.moments?.map((moment) => ({
      ...moment,
      out: { [`x${word}`]: moment.elapsedMs },
      waiting: {},
    })),
    options: {
      files: [{ name: word, text: word }],
      effective: [{ path: word, after: word }],
      changed: [{ path: word, before: word, after: word }],
      published: { name: word, changes: [{ path: word, before: word, after: word }] },
    },
    seed: 0,
    hash: word,
    environment: {
      ...{ ...sample.environment, node: word, platform: word, cpu: word, version: word, folder: word },
      packages: { [`x${word}`]: word },
    },
    command: word,
    started: sample.started,
  };
}

const skeleton = (input: ReportInput): string =>
  page(input)
    .elements.filter(({ attributes }) => attributes.class !== 'unseen')
    .map(({ name, attributes }) => `${name} ${Object.keys(attributes).join(' ')}`)
    .join('\n');

t.test('colours and type are those of the other pages', async (t) => {
  const css = await readFile(path.join(root, 'src', 'ui', 'page', 'shared', 'theme.css'), 'utf8');
  const variables = (text: string): Map<string, string> =>
    new Map(
      [...text.matchAll(/(--[\w-]+):([^;}]+)/g)].map(([, name, value]) => [name, value.replace(/\s+/g, '')]),
    );
  const halves = (text: string): Map<string, string>[] =>
    text.split(/@media \(prefers-color-scheme: ?dark\)/, 2).map(variables);
  const [theirs, ours] = [halves(css), halves(theme)];
  for (const half of [0, 1]) {
    const shared = [...ours[half]].filter(([name]) => theirs[half].has(name));
    t.ok(shared.length >= 15, `${shared.length}`);
    for (const [name, value] of shared) t.equal(value, theirs[half].get(name), name);
  }
});

t.test('no string can change the structure of the page', async (t) => {
  const expected = skeleton(hostile('plain'));
  const nasty = [
    '<script>alert(1)</script>',
    '" onload="x',
    "'>",
    '</style>',
    '</title>',
    '&lt;',
    '<!--',
    ']]>',
    '\\',
    '\0\u001b',
    '\ud800',
  ];
  const word = fc.array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary' })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      word.map((parts) => `w${parts.join('')}`.replaceAll('/', '|')),
      (name) => skeleton(hostile(name)) === expected,
    ),
    { numRuns: 150, examples: nasty.map((part) => `w${part.replaceAll('/', '|')}`).map((name) => [name]) },
  );
  const closing = page(hostile('</code></pre></style><img src=x onerror=alert(1)>'));
  t.equal(closing.all('img').length, 7);
  t.equal(closing.texts('pre')[0], '\n</code></pre></style><img src=x onerror=alert(1)>');
});

t.test('file names show what the eye would miss', async (t) => {
  const files = ['two\nlines <b>"quoted".png', 'a\u202egnp.exe', 'tab\there.png', 'ünïcödé 写真.png'].map(
    (name): FileOutcome => ({ path: `/in/${name}`, outcome: 'failed', reason: 'x', notes: [], crops: 0 }),
  );
  const names = page(withSummary({ files })).texts('th', 'path').slice(-4);
  t.same(names, ['two\\nlines <b>"quoted".png', 'a\\u{202e}gnp.exe', 'tab\\there.png', 'ünïcödé 写真.png']);
});

t.test('writeReport writes one whole file, also over an older one', async (t) => {
  const folder = path.join(t.testdir(), 'out', 'run "1"');
  const file = await writeReport(folder, writing);
  t.equal(file, path.join(folder, 'report.html'));
  await writeReport(folder, sample);
  t.equal(await readFile(file, 'utf8'), renderReport(sample));
  t.same(await readdir(folder), ['report.html'], 'nothing else is left behind');
});
