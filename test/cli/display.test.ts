import t from 'tap';
import { elide, truncate, width } from '../../src/cli/display/columns.js';
import { visible } from '../../src/cli/display/escape.js';
import { bytes, bytesOf, duration, rate, scientific, took } from '../../src/cli/display/format.js';
import { ascii, bar, curve, glyphsFor, unicode } from '../../src/cli/display/glyphs.js';
import { iterLine, progressLine } from '../../src/cli/display/lines.js';
import { lookFor, plainLook } from '../../src/cli/display/look.js';
import { colours, paintFor, plain } from '../../src/cli/display/paint.js';
import { render } from '../../src/cli/display/render.js';
import { screenOn } from '../../src/cli/display/screen.js';
import { type DisplayState, initialState, reduce, slowest } from '../../src/cli/display/state.js';
import { summaryLines, verdict } from '../../src/cli/display/summary.js';
import { grow, noTrend, valuesOf } from '../../src/cli/display/trend.js';
import type { FileOutcome, RunEvent, RunSummary, StageStats } from '../../src/events.js';

const MiB = 2 ** 20;

function stage(name: string, out: number, busyMs: number, more: Partial<StageStats> = {}): StageStats {
  return { stage: name, in: out, out, waiting: 0, busyMs, concurrency: 2, ...more };
}

const iter: RunEvent = {
  type: 'iter',
  epoch: 0,
  iter: 100,
  totalIter: 400,
  lr: 1e-3,
  losses: { l_pix: 0.041234 },
  time: 0.31,
  timeData: 0.002,
  eta: 70,
};

const events: RunEvent[] = [
  {
    type: 'stats',
    rss: 300 * MiB,
    elapsedMs: 1000,
    stages: [stage('decode', 2, 400, { bytes: 60 * MiB, budget: 512 * MiB }), stage('crop', 312, 1900)],
  },
  {
    type: 'stats',
    rss: 410 * MiB,
    elapsedMs: 2000,
    stages: [stage('decode', 4, 800, { bytes: 120 * MiB, budget: 512 * MiB }), stage('crop', 624, 3800)],
  },
];

const after = (list: readonly RunEvent[], name = 'quickstart'): DisplayState =>
  list.reduce(reduce, initialState(name));

t.test('figures', async (t) => {
  t.equal(bytes(410 * MiB), '410 MiB');
  t.equal(bytes(0), '0 B');
  t.equal(bytes(1536), '1.5 KiB');
  t.equal(bytesOf(120 * MiB, 512 * MiB), '120/512 MiB');
  t.equal(duration(70), '0:01:10');
  t.equal(duration(5 * 86_400 + 10 * 3600 + 47 * 60 + 47.9), '5 days, 10:47:47');
  t.equal(duration(86_400), '1 day, 0:00:00');
  t.equal(duration(Number.NaN), '0:00:00');
  t.equal(took(812), '0.8 s');
  t.equal(scientific(0.068241, 4), '6.8241e-02');
  t.equal(scientific(2e-4, 3), '2.000e-04');
  t.equal(scientific(1.5e-120, 1), '1.5e-120');
  t.strictSame([rate(1234), rate(2.5), rate(0.1), rate(0)], ['1,234/s', '2.5/s', '10.0 s each', '-']);
});

t.test('columns count what a terminal shows', async (t) => {
  t.equal(width('日本.png'), 8);
  t.equal(width('e\u0301'), 1);
  t.equal(width(colours.red('ab')), 2);
  t.equal(truncate('abcdef', 4), 'abc…');
  t.equal(truncate('日本日本', 5), '日本…');
  t.equal(width(truncate('日本日本', 4)), 3, 'half a wide character does not fit');
  t.equal(truncate(colours.red('abcdef'), 4), '\u001b[31mabc…\u001b[0m', 'a cut colour ends');
  t.equal(truncate('abc', 3), 'abc');
  t.equal(truncate('abcdef', 5, '...'), 'ab...');
  t.equal(truncate('abcdef', 2, '...'), '..');
  t.strictSame(
    ['한글', '각', 'ｱｲ', 'ＡＢ', '️☁', '⌚', '✅', '🇹🇼', '𠮷', 'й', '\u200bx', '（）', '·—', '️'].map(width),
    [4, 2, 2, 4, 1, 2, 2, 2, 2, 1, 1, 4, 2, 0],
  );
});

t.test('long names lose their middle', async (t) => {
  t.equal(elide('photograph_of_the_old_town_0001.png', 20), 'photograph…_0001.png');
  t.equal(elide('short.png', 20), 'short.png');
  const name = '太魯閣國家公園_清水斷崖_0001.png';
  for (let limit = 0; limit <= 34; limit++) {
    const shown = elide(name, limit);
    t.ok((width(shown) <= limit && width(shown) >= limit - 2) || shown === name, `${limit}: ${shown}`);
  }
  t.equal(elide(name, 21), '太魯閣國家…_0001.png');
  t.equal(elide(name, 21, '...'), '太魯閣國..._0001.png');
  t.strictSame([elide('abcdef', 1), elide('abcdef', 2), elide('abcdef', 3)], ['…', 'a…', 'a…f']);
});

t.test('control characters in names become visible', async (t) => {
  t.equal(visible('new\nline \u001b[2J\u202egnp.exe'), 'new\\nline \\u{1b}[2J\\u{202e}gnp.exe');
  t.equal(visible('ünïcödé 日本 😀'), 'ünïcödé 日本 😀');
});

t.test('the state follows the events', async (t) => {
  const state = after(events);
  t.equal(state.stages[1].rate, 312);
  t.equal(state.stages[1].load, 0.95);
  t.equal(slowest(state)?.stage, 'crop', 'the slowest stage is the busiest, not the one with most items');
  t.equal(slowest(initialState('x')), undefined);
  const warned = after([
    ...events,
    { type: 'warning', message: 'x' },
    iter,
    { ...iter, losses: { l_pix: 0.01 } },
  ]);
  t.equal(warned.warnings, 1);
  t.strictSame(warned.firstLosses, { l_pix: 0.041234 });
});

const coloured = { paint: colours, glyphs: unicode };

/** A long run: losses that fell, a validation, names in Chinese, files that were left out. */
const late = after([
  {
    type: 'plan',
    plan: {
      name: 'x',
      files: 26,
      images: 24,
      skipped: 2,
      scales: [],
      crops: 3927,
      batchSize: 4,
      memoryBudget: 1,
      preCropBytes: 1,
    },
  },
  ...events,
  ...[0.09, 0.06, 0.05, 0.045, 0.041234].map((l_pix): RunEvent => ({ ...iter, losses: { l_pix } })),
  {
    type: 'validation',
    iter: 100,
    results: [{ name: '太魯閣國家公園_清水斷崖_2026年夏天.png', psnr: 26.58, psnrBicubic: 25.8 }],
  },
  { type: 'file', path: 'b.png', outcome: 'failed', reason: 'truncated', notes: [], crops: 0 },
]);

t.test('the live block at 40, 60, 80 and 200 columns', async (t) => {
  for (const state of [after([...events, iter]), late, after(events), initialState('a\nb'.repeat(40))])
    for (const columns of [1, 2, 3, 10, 20, 40, 60, 80, 120, 200])
      for (const look of [plainLook, coloured, { paint: colours, glyphs: ascii }])
        for (const line of render(state, columns, look))
          t.ok(width(line) <= columns, `${columns}: ${JSON.stringify(line)}`);

  t.strictSame(render(late, 40), [
    'quickstart  100/400  25 %  eta 0:01:10',
    'l_pix 4.1234e-02 █▄▂▂▁ from 9.0000e-02',
    'lr 1.000e-03  epoch 0  pairs 13/s',
    '0.310 s/it, data 0.002 s',
    '太魯閣國…天.png 26.58 dB, bicubic 25.80',
    'stage       out       rate   busy',
    'decode        4      2.0/s   20 %',
    'crop        624      312/s   95 %',
    'held 120/512 MiB  rss 410 MiB',
    'slowest crop (95 % busy)',
    'files not used: 1',
  ]);
  t.strictSame(render(late, 60), [
    'quickstart  █████░░░░░░░░░░░░░░░  100/400  25 %  eta 0:01:10',
    'l_pix 4.1234e-02 █▄▂▂▁ from 9.0000e-02  lr 1.000e-03',
    'epoch 0  pairs 13/s  0.310 s/it, data 0.002 s',
    '太魯閣國家公…26年夏天.png 26.58 dB, bicubic 25.80 dB, +0.78',
    'stage       out       rate   busy  waiting  held',
    'decode        4      2.0/s   20 %        0  120/512 MiB',
    'crop        624      312/s   95 %        0',
    'held 120/512 MiB  rss 410 MiB  slowest crop (95 % busy)',
    'files not used: 1',
  ]);
  t.strictSame(render(late, 80), [
    'quickstart  ████████░░░░░░░░░░░░░░░░░░░░░░  100/400  25 %  eta 0:01:10',
    'l_pix 4.1234e-02 █▄▂▂▁ from 9.0000e-02  lr 1.000e-03  epoch 0  pairs 13/s',
    '0.310 s/it, data 0.002 s',
    '太魯閣國家公園_清水斷崖_2026年夏天.png 26.58 dB, bicubic 25.80 dB, +0.78',
    'stage       out       rate   busy              waiting  held',
    'decode        4      2.0/s   20 %  ██░░░░░░░░        0  120/512 MiB  ██░░░░░░░░',
    'crop        624      312/s   95 %  ██████████        0',
    'held 120/512 MiB  rss 410 MiB  slowest crop (95 % busy)  files not used: 1',
  ]);
  t.strictSame(render(late, 200), [
    'quickstart  ████████░░░░░░░░░░░░░░░░░░░░░░  100/400  25 %  eta 0:01:10',
    'l_pix 4.1234e-02 █▄▂▂▁ from 9.0000e-02  lr 1.000e-03  epoch 0  pairs 13/s  0.310 s/it, data 0.002 s',
    '太魯閣國家公園_清水斷崖_2026年夏天.png 26.58 dB, bicubic 25.80 dB, +0.78',
    'stage       out       rate   busy              waiting  held',
    'decode        4      2.0/s   20 %  ██░░░░░░░░        0  120/512 MiB  ██░░░░░░░░',
    'crop        624      312/s   95 %  ██████████        0',
    'held 120/512 MiB  rss 410 MiB  slowest crop (95 % busy)  files not used: 1',
  ]);
});

t.test('the live block of a run that does not train', async (t) => {
  const plan = late.plan;
  t.ok(plan);
  const state = { ...after(events), plan };
  t.strictSame(render(state, 60), [
    'quickstart  ███░░░░░░░░░░░░░░░░  624 of 3,927 crops  0:00:02',
    'stage       out       rate   busy  waiting  held',
    'decode        4      2.0/s   20 %        0  120/512 MiB',
    'crop        624      312/s   95 %        0',
    'held 120/512 MiB  rss 410 MiB  slowest crop (95 % busy)',
  ]);
});

t.test('a run that holds says so, and how long it will take is not said meanwhile', async (t) => {
  const state = (which: 'paused' | 'running'): RunEvent => ({ type: 'state', state: which });
  const held = reduce(late, state('paused'));
  t.strictSame(render(held, 60).slice(0, 1), [
    'quickstart  ██████░░░░░░░░░░░░░░░░░░░  100/400  25 %  paused',
  ]);
  t.equal(render(held, 40)[0], 'quickstart  100/400  25 %  paused');
  t.strictSame(render(held, 20).slice(0, 2), ['quickstart  100/400', '25 %  paused']);
  t.match(render(held, 80, coloured)[0], '\u001b[33mpaused\u001b[39m');
  t.match(render(held, 80, { paint: colours, glyphs: ascii })[0], '  \u001b[33mpaused\u001b[39m');
  t.match(
    render(held, 80, { paint: plain, glyphs: ascii })[0],
    /^quickstart {2}#+-+ {2}100\/400 {2}25 % {2}paused$/,
  );
  for (const columns of [1, 2, 3, 10, 20, 40, 60, 80, 120, 200])
    for (const line of render(held, columns, coloured)) t.ok(width(line) <= columns, `${columns}: ${line}`);
  t.strictSame(
    render(reduce(held, state('running')), 60),
    render(late, 60),
    'and is as before when it goes on',
  );
  const stopping = render({ ...held, stopping: true }, 80)[0];
  t.match(stopping, /stopping$/);
  t.notMatch(stopping, 'paused');
  t.match(
    render(after([...events, state('paused')]), 60)[0],
    /^quickstart {2}0:00:02 {2}paused$/,
    'before a step',
  );
  t.equal(render(after([state('paused')]), 60)[0], 'quickstart  0:00:00  paused');
});

t.test('no terminal is too poor', async (t) => {
  const look = { paint: plain, glyphs: ascii };
  for (const line of render({ ...late, validation: undefined }, 80, look)) t.match(line, /^[ -~]*$/);
  t.match(render(late, 80, look)[0], '####');
  const state = after([...events, iter]);
  t.match(render({ ...state, stopping: true }, 80)[0], /stopping$/);
  t.match(render(initialState('a\nb'), 80)[0], 'a\\nb');
  t.match(render(state, 80, coloured).join('\n'), '\u001b[33mcrop', 'the slowest stage stands out');
  t.strictSame([bar(0, 4), bar(0.5, 4), bar(7, 4), bar(0.5, 4, ascii)], ['░░░░', '██░░', '████', '##--']);
  t.strictSame(
    [curve([1, 2, 9]), curve([3, 3]), curve([1, Number.NaN]), curve([1, 2], ascii)],
    ['▁▂█', '▁▁', '', ''],
  );
});

t.test('a curve stays short however long the run is, and keeps the level of its values', async (t) => {
  let trend = noTrend;
  for (let i = 0; i < 100_000; i++) trend = grow(trend, i);
  const values = valuesOf(trend);
  t.ok(values.length >= 16 && values.length <= 33, `${values.length}`);
  t.equal(values[0], (trend.each - 1) / 2, 'the mean of the first records');
  t.strictSame(
    [...values].sort((a, b) => a - b),
    [...values],
  );
  t.equal(grow(trend, Number.NaN), trend);
});

t.test('what a terminal can show is found out', async (t) => {
  const on = { isTTY: true };
  const paint = (stream: object, env: Record<string, string>) => paintFor(stream, env) === colours;
  t.ok(paint(on, {}));
  t.notOk(paint({}, {}), 'no colours in a pipe');
  t.notOk(paint(on, { NO_COLOR: '1' }));
  t.ok(paint(on, { NO_COLOR: '' }), 'an empty NO_COLOR says nothing');
  t.notOk(paint(on, { TERM: 'dumb' }));
  t.ok(paint({}, { FORCE_COLOR: '1' }));
  t.ok(paint(on, { FORCE_COLOR: '3', NO_COLOR: '1' }));
  t.notOk(paint(on, { FORCE_COLOR: '0' }));
  const glyphs = (env: Record<string, string>, platform: NodeJS.Platform) =>
    glyphsFor(env, platform) === unicode;
  t.notOk(glyphs({}, 'win32'), 'the old console');
  t.ok(glyphs({ WT_SESSION: '1' }, 'win32'));
  t.ok(glyphs({ TERM_PROGRAM: 'vscode' }, 'win32'));
  t.ok(glyphs({ TERM: 'xterm-256color' }, 'win32'), 'mintty');
  t.ok(glyphs({}, 'linux'));
  t.ok(glyphs({ LANG: 'zh_TW.UTF-8', TERM: 'xterm' }, 'linux'));
  t.ok(glyphs({ LC_ALL: 'C.utf8', LANG: 'C' }, 'linux'));
  t.notOk(glyphs({ LANG: 'zh_TW.Big5' }, 'linux'));
  t.notOk(glyphs({ LC_ALL: 'C', LANG: 'zh_TW.UTF-8' }, 'darwin'));
  t.notOk(glyphs({ TERM: 'linux' }, 'linux'));
  t.strictSame(lookFor(on, { NO_COLOR: '1' }, 'win32'), { paint: plain, glyphs: ascii });
});

t.test('lines for a log', async (t) => {
  if (iter.type !== 'iter') throw new Error();
  t.equal(
    iterLine('quickstart', iter),
    '[quick..][epoch:  0, iter:     100, lr:(1.000e-03,)] [eta: 0:01:10, time (data): 0.310 (0.002)] l_pix: 4.1234e-02',
  );
  t.match(iterLine('x', { ...iter, epoch: 5, iter: 6500 }), '[epoch:  5, iter:   6,500,');
  t.equal(progressLine(after(events)), 'crops 624  312/s  held 120/512 MiB  rss 410 MiB');
});

t.test('a screen redraws in place, in one write', async (t) => {
  const writes: string[] = [];
  const terminal = { columns: 80, rows: 24, write: (text: string) => writes.push(text) };
  const screen = screenOn(terminal);
  screen.draw(['one', 'two']);
  t.notMatch(writes[0], '\u001b[2A');
  screen.draw(['three']);
  t.match(
    writes[1],
    '\u001b[2A\rthree\u001b[K\n\u001b[J',
    'back over two lines, and what is left is cleared',
  );
  screen.print(['said']);
  t.match(writes[2], '\u001b[1A\rsaid\u001b[K\nthree\u001b[K\n');
  screen.clear();
  t.match(writes[3], '\u001b[1A\r\u001b[J');
  t.equal(writes.length, 4);
  screen.clear();
  t.equal(writes.length, 4, 'nothing is left to clear');

  screen.draw(['x'.repeat(60)]);
  terminal.columns = 20;
  terminal.rows = 3;
  screen.draw(['y']);
  t.equal(
    writes[5],
    '\u001b[?2026h\n\n\n\u001b[Hy\u001b[K\n\u001b[J\u001b[?2026l',
    'a terminal that was narrowed: nothing is overwritten, the block begins anew',
  );
  terminal.columns = 80;
  screen.draw(['1', '2', '3', '4']);
  t.equal(
    writes[6],
    '\u001b[?2026h\u001b[1A\r1\u001b[K\n2\u001b[K\n\u001b[J\u001b[?2026l',
    'no more lines than rows',
  );
});

function file(path: string, outcome: FileOutcome['outcome'], reason?: string): FileOutcome {
  return { path, outcome, reason, notes: [], crops: 0 };
}

const summary: RunSummary = {
  name: 'quickstart',
  stopped: false,
  elapsedMs: 83_000,
  files: [
    file('a.png', 'used'),
    file('b\n.png', 'skipped', 'too small'),
    file('c.png', 'failed', 'truncated'),
  ],
  crops: 1234,
  batches: 40,
  stages: [],
  peakRss: 612 * MiB,
  losses: [
    { iter: 1, losses: { l_pix: 0.09 } },
    { iter: 400, losses: { l_pix: 0.03 } },
  ],
  validation: [{ iter: 400, results: [{ name: 'coffee.png', psnr: 27.12, psnrBicubic: 26.8 }] }],
};

t.test('the account at the end', async (t) => {
  t.strictSame(summaryLines(summary, [{ type: 'saved', what: 'report', path: 'out/report.html' }]), [
    'quickstart: done in 0:01:23',
    '  files        3: 1 used, 1 skipped, 1 failed',
    '               skipped  b\\n.png: too small',
    '               failed  c.png: truncated',
    '  crops        1,234',
    '  batches      40',
    '  peak memory  612 MiB',
    '  loss l_pix   9.0000e-02 at iter 1, 3.0000e-02 at iter 400',
    '  PSNR         coffee.png: network 27.12 dB, bicubic 26.80 dB',
    '               The network beats bicubic by 0.32 dB on the held-back photograph.',
    '  report       out/report.html',
  ]);
  const bad = Array.from({ length: 30 }, (_, i) => file(`${i}.png`, 'failed', 'truncated'));
  const many = summaryLines({ ...summary, files: bad }, [{ type: 'saved', what: 'report', path: 'r.html' }]);
  t.equal(many.filter((line) => line.includes('truncated')).length, 20);
  t.ok(many.includes('               ... and 10 more; all of them are listed in r.html'));
  const all = summaryLines({ ...summary, files: bad }, []);
  t.equal(all.filter((line) => line.includes('truncated')).length, 30, 'without a report all are named');
  const named = [
    file(`photographs/${'太魯閣'.repeat(9)}_0001.png`, 'skipped', 'too small for a crop of 400x400'),
  ];
  const narrow = summaryLines(
    { ...summary, files: named },
    [{ type: 'saved', what: 'report', path: 'r.html' }],
    plain,
    48,
  );
  for (const line of narrow) t.ok(width(line) <= 48, line);
  t.strictSame(narrow.slice(1, 4), [
    '  files        1: 0 used, 1 skipped, 0 failed',
    '               skipped  photographs…閣_0001.png:',
    '               too small for a crop of 400x400',
  ]);
  const written = { files: 3, existing: 60, folder: 'sub' };
  const continued = [...summary.files, file('d.png', 'skipped', 'already there')];
  const lines = summaryLines({ ...summary, stopped: true, files: continued, written }, []);
  t.match(lines[0], 'quickstart: stopped in');
  t.ok(lines.includes('  files        4: 1 used, 1 finished before, 1 skipped, 1 failed'));
  t.ok(lines.includes('  written      3 pictures in sub; 60 were already there'));
});

t.test('the verdict is honest', async (t) => {
  const one = (psnr: number, psnrBicubic: number) => ({ name: 'x', psnr, psnrBicubic });
  t.match(verdict([one(27, 26.5)]), 'The network beats bicubic by 0.50 dB on the held-back photograph.');
  t.match(verdict([one(26, 26.5)]), 'Bicubic is still better by 0.50 dB');
  t.match(verdict([one(26, 26.001)]), 'equal');
  t.match(verdict([one(27, 26), one(20, 25)]), 'Bicubic is still better by 2.00 dB on average over 2');
  t.match(verdict([one(Number.NaN, 26)]), 'No winner can be named');
});
