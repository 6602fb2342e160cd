import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Subject } from 'rxjs';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { quote } from '../../src/cli/execute.js';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import type { PipelineRunner } from '../../src/cli/services.js';
import { normaliseSpelling } from '../../src/cli/spelling.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { EsrganError } from '../../src/errors.js';
import type { PlanSummary, RunEvent, RunSummary } from '../../src/events.js';
import { root } from '../root.js';
import { still } from './still.js';

interface World {
  readonly io: Io;
  readonly signals: EventEmitter;
  out(): string;
  err(): string;
  clock: { now: number };
}

function world(options: { isTTY?: boolean; env?: NodeJS.ProcessEnv } = {}): World {
  const text = { out: '', err: '' };
  const signals = new EventEmitter();
  const clock = { now: 0 };
  const { isTTY, env = {} } = options;
  return {
    signals,
    clock,
    out: () => text.out,
    err: () => text.err,
    io: {
      stdout: { isTTY, columns: 60, rows: 24, write: (s) => (text.out += s) },
      stderr: { isTTY, write: (s) => (text.err += s) },
      env,
      signals,
      now: () => clock.now,
    },
  };
}

const summary: RunSummary = {
  name: 'test',
  stopped: false,
  elapsedMs: 1500,
  files: [{ path: 'a.png', outcome: 'used', notes: [], crops: 4 }],
  crops: 4,
  batches: 0,
  stages: [],
  peakRss: 2 ** 20,
};

const plan: PlanSummary = {
  name: 'test',
  files: 3,
  images: 2,
  skipped: 1,
  scales: [{ tag: 'HR', images: 2, crops: 40 }],
  crops: 40,
  batchSize: 4,
  batchesPerEpoch: 10,
  memoryBudget: 512 * 2 ** 20,
  preCropBytes: 3 * 2 ** 30,
  shuffle: { sameSource: 0.44, perfect: 0.37 },
};

interface Fake extends PipelineRunner {
  pipeline?: Pipeline;
}

type Script = (emit: (event: RunEvent) => void, signal: AbortSignal) => Promise<RunSummary>;

/** A pipeline that emits what a test wants. */
function fake(script: Script = async () => summary): Fake {
  const runner: Fake = {
    planPipeline: async () => ({
      ...plan,
      unused: [{ path: 'bad.png', outcome: 'failed', reason: 'truncated', notes: [], crops: 0 }],
    }),
    runPipeline(pipeline, { signal }) {
      runner.pipeline = pipeline;
      const events = new Subject<RunEvent>();
      const done = Promise.resolve().then(() => script((event) => events.next(event), signal));
      return { events, done, ...still };
    },
  };
  return runner;
}

const text = `name: test
source: { images: photos }
stages:
  - crop: { size: 64, step: 32 }
sink:
  discard:
`;

async function folder(t: Test, files: Record<string, string> = {}): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "esrgan cli 'ü' "));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(made, name), content);
  return made;
}

async function call(argv: string[], runner: PipelineRunner = fake(), w = world()) {
  const code = await main(argv, w.io, async () => runner);
  return { code, out: w.out(), err: w.err() };
}

t.test('help and version come on stdout; mistakes get a suggestion and code 2', async (t) => {
  for (const argv of [['--help'], []]) {
    const help = await call(argv);
    t.match(help, { code: 0, err: '', out: /run \[options\][\s\S]*generate-meta-info[\s\S]*validate/ });
    t.notMatch(help.out, 'schemas', 'a command for developers is not listed');
  }
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  t.match(await call(['--version']), { code: 0, out: `${version}\n` });
  t.match(await call(['rnu']), { code: 2, out: '', err: /unknown command 'rnu'\n\(Did you mean run\?\)/ });
  t.match(await call(['run', 'x', '--dryrun']), { code: 2, err: /Did you mean --dry-run\?/ });
  t.match(await call(['run']), { code: 2, err: /missing required argument/ });
  t.match(await call(['run', 'x', '--seed', '1.5']), { code: 2, err: /Give a whole number from 0/ });
  t.match(await call(['extract-subimages', '--input', '.']), { code: 2, err: /--output/ });
  t.match(await call(['extract-subimages', '--compression-level', '10']), { code: 2, err: /from 0 to 9/ });
});

t.test('an error of the user: message, place, line and remedy, no stack', async (t) => {
  const dir = await folder(t, { 'p.yml': text.replace('step', 'stpe') });
  const file = path.join(dir, 'p.yml');
  const wrong = await call(['run', file]);
  t.equal(wrong.code, 2);
  t.equal(wrong.out, '');
  t.equal(
    wrong.err,
    `error: unknown key "stpe" in crop; did you mean "step"?
  at ${file}:4:23
    4 |   - crop: { size: 64, stpe: 32 }
      |                       ^^^^
`,
  );
  t.match((await call(['run', file, '--verbose'])).err, /\n {4}at .*\.js:\d+/, 'the stack with --verbose');
  t.match(await call(['run', `${file}x`]), {
    code: 2,
    err: /there is no file[\s\S]*fix: Did you mean .*p\.yml\?/,
  });
  t.match(await call(['run', file, '--set', 'crpo.size=1']), { code: 2, err: /at --set crpo\.size=1\n/ });

  const stops = fake(async () => {
    throw new EsrganError('NO_IMAGES', 'photos\u001b[2J holds no images', { remedy: 'Look elsewhere.' });
  });
  await writeFile(file, text);
  t.match(await call(['run', file], stops), {
    code: 2,
    err: `error: photos\\u{1b}[2J holds no images
  at ${file}:2:19
    2 | source: { images: photos }
      |                   ^^^^^^
fix: Look elsewhere.
`,
  });
  t.match(await call(['run', file, '--set', 'source.images=x'], stops), {
    err: '\n  at --set source.images=x\n',
  });
  const coloured = world({ isTTY: true });
  await call(['run', `${file}x`], fake(), coloured);
  t.match(coloured.err(), '\u001b[31m');
  const plain = world({ isTTY: true, env: { NO_COLOR: '1' } });
  await call(['run', `${file}x`], fake(), plain);
  t.notMatch(plain.err(), '\u001b');
});

t.test('a defect of ours: code 1 and where to report it', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const broken = fake(async () => {
    throw new TypeError('x is not a function');
  });
  const result = await call(['run', path.join(dir, 'p.yml')], broken);
  t.match(result, { code: 1, err: /^internal error: x is not a function\n.*defect of esrgan.*report/ });
  t.notMatch(result.err, /\n {4}at /);
});

t.test('validate checks every file and tells pipelines from options', async (t) => {
  const dir = await folder(t, {
    'a.yml': text,
    'b.yml': text.replace('64', '0'),
    'o.yml': 'network_g: { type: RRDBNet }\ntrain: { total_iter: 5 }\n',
    'q.yml': 'network_g: { type: RRDBNet }\ntrain: { total_itr: 5 }\n',
  });
  const files = ['a.yml', 'b.yml', 'o.yml', 'q.yml'].map((name) => path.join(dir, name));
  const all = await call(['validate', ...files]);
  t.equal(all.code, 2);
  t.equal(all.out, `ok  ${files[0]} (pipeline)\nok  ${files[2]} (training options)\n`);
  t.match(all.err, `at ${files[1]}:4:19\n`);
  t.match(all.err, 'unknown key "total_itr" in train; did you mean "total_iter"?');
  t.match(await call(['validate', files[0], files[2]]), { code: 0, err: '' });
});

t.test('run: overrides and seed reach the pipeline; the account is printed', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const runner = fake();
  const argv = ['run', path.join(dir, 'p.yml'), '--set', 'crop.size=48', '--set', 'epochs=3', '--seed', '9'];
  const result = await call(argv, runner);
  t.match(result, { code: 0, err: '', out: /^test: done in 1\.5 s\n {2}files {8}1: 1 used/ });
  t.match(runner.pipeline, { seed: 9, epochs: 3, stages: { crop: { size: 48, step: 32 } } });
});

t.test('run --dry-run prints the plan', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const never = fake(() => Promise.reject(new Error('nothing may run')));
  const { code, out } = await call(['run', path.join(dir, 'p.yml'), '--dry-run'], never);
  t.equal(code, 0);
  for (const line of [
    '  files          3: 2 usable, 1 not',
    '  windows        64x64, step 32, border threshold 0',
    '  crops          40',
    '  memory budget  512 MiB',
    '  saved on disk  3 GiB that scaled copies and sub-images would have taken',
    '  shuffle        44 % of the pairs in a batch share a source (a perfect shuffle: 37 %)',
    '  sink           discard (only count)',
    '  HR               2          40',
    '  failed  bad.png: truncated',
  ])
    t.ok(out.split('\n').includes(line), line);
  const json = await call(['run', path.join(dir, 'p.yml'), '--dry-run', '--json'], never);
  t.match(JSON.parse(json.out), { type: 'plan', plan: { crops: 40, unused: [{ path: 'bad.png' }] } });
});

const stats = (elapsedMs: number): RunEvent => ({ type: 'stats', stages: [], rss: 2 ** 20, elapsedMs });
const iter = (n: number): RunEvent => ({
  type: 'iter',
  ...{ epoch: 0, iter: n, totalIter: 100, lr: 1e-3, losses: { l_pix: 1 / n } },
  ...{ time: 0.1, timeData: 0, eta: 1 },
});

t.test('--json: one event a line on stdout and nothing else', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const events: RunEvent[] = [
    stats(1),
    { type: 'warning', message: 'a\nb' },
    iter(1),
    { type: 'end', summary },
  ];
  const runner = fake(async (emit) => {
    events.forEach(emit);
    return summary;
  });
  const { out, err } = await call(['run', path.join(dir, 'p.yml'), '--json'], runner);
  t.strictSame(
    out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
    events,
  );
  t.equal(err, '');
});

t.test('a pause is shown in every form', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const state = (which: 'paused' | 'running'): RunEvent => ({ type: 'state', state: which });
  const runner = fake(async (emit) => {
    for (const which of ['paused', 'paused', 'running'] as const) emit(state(which));
    emit(state('paused'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    emit(state('running'));
    emit(state('running'));
    return summary;
  });
  const run = (args: readonly string[], w: World) =>
    call(['run', path.join(dir, 'p.yml'), ...args], runner, w);
  const log = await run([], world());
  t.match(log.out, /^paused\nresumed\npaused\nresumed\ntest: done/, 'a line each time, once');
  const json = await run(['--json'], world());
  t.equal(json.out.match(/^\{"type":"state","state":"paused"\}$/gm)?.length, 3);
  t.equal(json.err, '');
  const colour = await run([], world({ isTTY: true }));
  t.match(colour.out, '\u001b[33mpaused\u001b[39m');
  const none = await run([], world({ isTTY: true, env: { NO_COLOR: '1', LC_ALL: 'C' } }));
  t.match(none.out, 'test  0:00:00  paused\u001b[K\n');
});

t.test('not on a terminal: a line every three seconds', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const w = world();
  const runner = fake(async (emit) => {
    for (w.clock.now = 0; w.clock.now <= 7000; w.clock.now += 500) emit(stats(w.clock.now));
    for (let n = 1; n <= 10; n++) {
      w.clock.now += 500;
      emit(iter(n));
    }
    emit({ type: 'warning', message: 'odd', file: 'x.png' });
    return summary;
  });
  const { out, err } = await call(['run', path.join(dir, 'p.yml')], runner, w);
  t.equal(out.match(/^rss 1 MiB$/gm)?.length, 2);
  t.strictSame(
    out.match(/iter: +(\d+)/g)?.map((found) => Number(found.slice(5))),
    [1, 7, 10],
    'the first, one after three seconds, and the last',
  );
  t.equal(err, 'warning: odd (x.png)\n');
});

t.test('on a terminal: a block that is gone at the end', async (t) => {
  const dir = await folder(t, { 'p.yml': text });
  const w = world({ isTTY: true, env: { NO_COLOR: '1' } });
  const runner = fake(async (emit) => {
    emit(stats(1000));
    emit({ type: 'warning', message: 'odd' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return summary;
  });
  const { out } = await call(['run', path.join(dir, 'p.yml')], runner, w);
  t.match(out, 'warning: odd');
  t.match(out, 'test  0:00:01\u001b[K\nrss 1 MiB');
  t.match(out.slice(0, out.indexOf('test: done')), '\u001b[2A\r\u001b[J', 'cleared before the account');
});

t.test('Ctrl-C stops cleanly and says how to go on; the second one is left to the system', async (t) => {
  const write = text.replace('discard:', 'write: { folder: out }');
  const dir = await folder(t, { 'p.yml': write, 'd.yml': text });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const w = world();
    const runner = fake(async (_emit, abort) => {
      t.equal(w.signals.listenerCount(signal), 1);
      w.signals.emit(signal);
      t.ok(abort.aborted);
      t.equal(
        w.signals.listenerCount('SIGINT') + w.signals.listenerCount('SIGTERM'),
        0,
        'no handler is left',
      );
      return { ...summary, stopped: true };
    });
    const file = path.join(dir, 'p.yml');
    const result = await call(['run', file, '--set', 'crop.size=48', '--seed', '3'], runner, w);
    t.equal(result.code, code);
    t.match(result.err, `${signal}: finishing what is under way`);
    t.match(result.out, 'test: stopped in');
    const again = `To go on: esrgan run ${quote(file)} --set crop.size=48 --seed 3 (pictures`;
    t.ok(result.out.includes(again), 'the same command');
  }
  const done = world();
  await call(['run', path.join(dir, 'd.yml')], fake(), done);
  t.equal(done.signals.listenerCount('SIGINT'), 0, 'no handler outlives a run');
});

t.test('words that a shell would break are quoted', async (t) => {
  t.equal(quote('pipelines/a.yml'), 'pipelines/a.yml');
  t.equal(quote("it's"), "'it'\\''s'");
  t.strictSame(normaliseSpelling(['--n-thread', '4', '--crop-size=9', '--crop_size', '--dry-run', 'a-b']), [
    '--n_thread',
    '4',
    '--crop_size=9',
    '--crop_size',
    '--dry-run',
    'a-b',
  ]);
});

t.test('the steps of the originals are pipelines', async (t) => {
  const dir = await folder(t, { 'a.png': '' });
  const runner = fake();
  const sub = ['extract-subimages', '--input', dir, '--output', path.join(dir, 'sub')];
  t.match(await call(sub, runner), { code: 0 });
  t.match(runner.pipeline, {
    name: 'extract-subimages',
    stages: { crop: { size: 480, step: 240, threshold: 0, too_small: 'report' } },
    sink: {
      kind: 'write',
      options: { folder: path.join(dir, 'sub'), format: 'source', compression_level: 3 },
    },
  });
  t.equal(runner.pipeline?.stages.multiscale, undefined);
  t.match(runner.pipeline, { baseFolder: dir, source: { images: ['[!.]*'] } }, 'no hidden files');
  const flags = ['--crop-size', '400', '--step=200', '--thresh_size', '8', '--compression_level', '1'];
  await call([...sub, ...flags, '--n_thread', '3'], runner);
  t.match(runner.pipeline, {
    source: { threads: 3 },
    stages: { crop: { size: 400, step: 200, threshold: 8 } },
    sink: { options: { compression_level: 1 } },
  });
  const multi = ['generate-multiscale', '--input', dir, '--output', 'ms', '--resampler', 'pillow'];
  t.match(await call(multi, runner), { code: 0 });
  t.match(runner.pipeline, {
    stages: { multiscale: { hr: false, upscale: true, resampler: 'pillow', shortest_edge: 400 } },
    sink: { options: { folder: 'ms', format: 'png' } },
  });
  const absent = path.join(dir, 'absent');
  t.match(await call(['generate-multiscale', '--input', absent, '--output', 'ms']), {
    code: 2,
    err: `error: there is no folder ${absent}\n`,
  });
});

t.test('generate-meta-info lists folders as the original does', async (t) => {
  const dir = await folder(t);
  const names = [
    'b.png',
    'B.png',
    'a 1.png',
    'a-1.png',
    'a.png',
    'á.png',
    '😀.png',
    '￮x.png',
    '.hidden',
    'n\n.png',
  ];
  await mkdir(path.join(dir, 'a', 'sub.png'), { recursive: true });
  await mkdir(path.join(dir, 'b'));
  await symlink('nowhere', path.join(dir, 'a', 'link.png'));
  for (const name of names) await writeFile(path.join(dir, 'a', name), 'x');
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  await writeFile(path.join(dir, 'b', 'ok.png'), picture);
  await writeFile(path.join(dir, 'b', 'cut.png'), picture.subarray(0, picture.length - 30));

  const list = path.join(dir, 'meta', 'list.txt');
  const [a, b] = [path.join(dir, 'a'), path.join(dir, 'b')];
  const argv = ['generate-meta-info', '--input', `${b},`, a, '--root', `${dir},`, a, '--meta-info', list];
  const all = await call(argv);
  t.match(all, { code: 0, err: '' });
  t.equal(
    await readFile(list, 'utf8'),
    'b/cut.png\nb/ok.png\nB.png\na 1.png\na-1.png\na.png\nb.png\ná.png\n￮x.png\n😀.png\n',
    'folders in the order given, names by code point, relative to their roots',
  );
  t.match(all.out, ': 10 lines, 3 files left out\n');
  t.match(all.out, /n\\n\.png: its name holds a line break/);
  t.match(all.out, /link\.png: missing/);
  t.match(all.out, /sub\.png: a folder/);

  const checked = await call(['generate-meta-info', '--input', b, '--meta_info', list, '--check']);
  t.equal(await readFile(list, 'utf8'), 'b/ok.png\n', 'the root is the parent');
  t.match(checked.out, /cut\.png: truncated/);
  t.match(await call(['generate-meta-info', '--input', a, b, '--root', dir, '--meta_info', list]), {
    code: 2,
    err: /2 input folders, but 1 roots/,
  });
});

t.test('the program as a process', async (t) => {
  const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
  const node = (args: string[], cwd: string) => spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const dir = await folder(t);
  t.match(node([bin, '--help'], dir), { status: 0, stderr: '', stdout: /Usage: esrgan/ });
  t.match(node([bin, 'rnu'], dir), { status: 2, stdout: '' });
});

/** Packages that loading a compiled file brings along; what is imported only on demand does not count. */
async function packagesOf(url: URL, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(url.href)) return new Set();
  seen.add(url.href);
  const found = new Set<string>();
  const code = await readFile(url, 'utf8');
  for (const [, name] of code.matchAll(/^(?:import|export) (?:[^;]*? from )?['"]([^'"]+)['"]/gm)) {
    if (!name.startsWith('.')) found.add(name);
    else for (const inner of await packagesOf(new URL(name, url), seen)) found.add(inner);
  }
  return found;
}

t.test('help loads commander and no heavy package', async (t) => {
  const packages = await packagesOf(new URL('../../src/cli/bin.js', import.meta.url));
  t.strictSame(
    [...packages].filter((name) => !name.startsWith('node:')),
    ['commander'],
  );
  const run = await packagesOf(new URL('../../src/cli/commands/run.js', import.meta.url));
  t.ok(run.has('zod') && run.has('yaml'), 'a command brings its own');
});
