import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Subject } from 'rxjs';
import t, { type Test } from 'tap';
import { main } from '../../src/cli/main.js';
import type { PipelineRunner } from '../../src/cli/services.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { EsrganError } from '../../src/errors.js';
import type { PlanSummary, RunEvent, RunSummary } from '../../src/events.js';
import { still } from '../cli/still.js';
import { root } from '../root.js';
import { published } from './published.js';

/** The program of this very build. */
const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

const summary: RunSummary = {
  name: 'test',
  stopped: false,
  elapsedMs: 1,
  files: [],
  crops: 1,
  batches: 1,
  stages: [],
  peakRss: 1,
};

const plan: PlanSummary = {
  name: 'test',
  files: 1,
  images: 1,
  skipped: 0,
  scales: [{ tag: 'HR', images: 1, crops: 4 }],
  crops: 4,
  memoryBudget: 1,
  preCropBytes: 1,
};

/** `esrgan ...` in this process, with a runner that only notes down what it is to run. */
async function command(args: readonly string[], error?: EsrganError) {
  const seen = { out: '', err: '', pipeline: undefined as Pipeline | undefined, again: '' };
  const runner: PipelineRunner = {
    runPipeline: (pipeline, options) => {
      seen.pipeline = pipeline;
      seen.again = options.command ?? '';
      return {
        events: new Subject<RunEvent>(),
        done: error ? Promise.reject(error) : Promise.resolve(summary),
        ...still,
      };
    },
    planPipeline: async (pipeline) => {
      seen.pipeline = pipeline;
      if (error) throw error;
      return { ...plan, unused: [] };
    },
  };
  const io = {
    stdout: { write: (text: string) => (seen.out += text) },
    stderr: { write: (text: string) => (seen.err += text) },
    env: {},
    signals: new EventEmitter(),
    now: () => 0,
  };
  const code = await main(args, io, async () => runner);
  return { code, ...seen };
}

async function workplace(t: Test): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'esrgan-train-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

t.test('esrgan train takes the words of train.py', async (t) => {
  const work = await workplace(t);
  const file = path.join(work, 'train_realesrgan_x4plus.yml');
  await writeFile(file, published('train_realesrgan_x4plus'));
  const run = await command([
    ...['train', '-opt', file, '--launcher', 'none', '--local_rank=0', '--debug', '--auto_resume'],
    ...['--seed', '5', '--force_yml', 'train:total_iter=9', 'name=it is'],
  ]);
  t.equal(run.code, 0, run.err);
  t.match(run.pipeline, {
    name: 'debug_it is',
    seed: 5,
    sink: { options: { train: { total_iter: 9 }, path: { resume_state: 'auto' }, manual_seed: 5 } },
  });
  t.equal(
    run.again,
    `esrgan train -opt ${file} --debug --auto_resume --seed 5 --force_yml train:total_iter=9 'name=it is'`,
  );
  t.match(
    run.err,
    /warning: datasets.train.use_shuffle has no effect: training data are always shuffled\n {2}at .*:61:5\n/,
  );
  t.match(run.err, /\nnot needed here: queue_size, dist_params, datasets.train.num_worker_per_gpu/);

  const launcher = await command(['train', `-opt=${file}`, '--launcher', 'pytorch']);
  t.match(launcher, {
    code: 2,
    err: /no launcher pytorch here.*\n.*at --launcher pytorch\nfix: Use --launcher none/s,
  });
  t.match(await command(['train', '-opt', file, '--force_yml', 'name=a', '--debug', 'gt_size=64']), {
    code: 2,
    err: /"gt_size=64" belongs to no option\nfix: .*directly behind it/,
  });
  t.match(await command(['train']), { code: 2, err: /no option file is named\nfix: .*-opt/ });
  t.match(await command(['train', '--opt', path.join(work, 'train_realesrgan_x4plsu.yml')]), {
    code: 2,
    err: /Did you mean .*train_realesrgan_x4plus.yml\?/,
  });
  await writeFile(file, published('train_realesrgan_x4plus').replace('ema_decay', 'ema_dcay'));
  t.match(await command(['train', '-opt', file]), {
    code: 2,
    err: /unknown key "ema_dcay" in train; did you mean "ema_decay"\?\n {2}at .*:\d+:3\n.*ema_dcay: 0.999\n/s,
  });
  t.match(await command(['train', '-opt', file, '--allow-unknown']), {
    code: 0,
    err: /warning: train.ema_dcay is passed over: unknown key/,
  });
});

t.test('a file that is meant for another command says so', async (t) => {
  const shipped = (...parts: string[]): string => path.join(root, ...parts);
  const options = shipped('options', 'train_realesrnet_small.yml');
  t.match(await command(['run', options]), {
    code: 2,
    err: /this is an option file and not a pipeline file\n.*\nfix: Run it as esrgan train -opt/s,
  });
  t.match(await command(['train', '-opt', shipped('pipelines', 'quickstart.yml')]), {
    code: 2,
    err: /this is a pipeline file and not an option file\n.*\nfix: Run it as esrgan run/s,
  });
  t.match(await command(['train', '-opt', shipped('options', 'quickstart_x4.yml')]), {
    code: 2,
    err: /says how to train, but not on what\n.*\nfix: Run the pipeline file that names it/s,
  });
  t.match(await command(['run', shipped('options', 'quickstart_x4.yml')]), {
    code: 2,
    err: /says how to train, but not on what\n.*\nfix: Name it in a pipeline file/s,
  });
});

t.test('--dry-run and --print-pipeline run nothing', async (t) => {
  const work = await workplace(t);
  const file = path.join(work, 'a.yml');
  await writeFile(file, published('train_realesrnet_x4plus'));
  const dry = await command(['train', '-opt', file, '--dry-run']);
  t.match(dry, { code: 0, out: /this is what would happen; nothing has been written/, again: '' });
  const json = await command(['train', '-opt', file, '--dry-run', '--json']);
  t.match(JSON.parse(json.out), { type: 'plan', plan: { crops: 4 } });
  const printed = await command(['train', '-opt', file, '--print-pipeline', '--seed', '4']);
  t.equal(printed.pipeline, undefined);
  const pipeline = path.join(work, 'p.yml');
  await writeFile(pipeline, printed.out);
  t.match(await command(['validate', pipeline, file]), {
    code: 0,
    out: /ok {2}.*p.yml \(pipeline and its training options\)\nok {2}.*a.yml \(training options with their data sets\)/,
  });
  const [own, other] = [
    await command(['train', '-opt', file, '--seed', '4']),
    await command(['run', pipeline]),
  ];
  const plain = ({ file: _, text: __, given: ___, baseFolder: ____, ...rest }: Pipeline) => rest;
  if (!own.pipeline || !other.pipeline) throw new Error('nothing was run');
  t.strictSame(plain(other.pipeline), plain(own.pipeline));
});

t.test('what only the run can find is shown in the option file', async (t) => {
  const work = await workplace(t);
  const file = path.join(work, 'a.yml');
  await writeFile(file, published('train_realesrnet_x4plus'));
  const missing = new EsrganError('META_INFO', 'the list cannot be read', { place: { file: 'list.txt' } });
  t.match(await command(['train', '-opt', file], missing), {
    code: 2,
    err: /the list cannot be read\n {2}at .*a.yml:33:16\n.*meta_info: datasets.*\nfix: .*--force_yml datasets:train:meta_info=~/s,
  });
  const small = new EsrganError('CROP_TOO_SMALL', 'too small');
  t.match(await command(['train', '-opt', file, '--dry-run'], small), { code: 2, err: /at .*a.yml:26:10\n/ });
  t.match(await command(['train', '-opt', file, '--force_yml', 'gt_size=512'], small), {
    err: /at --force_yml gt_size=512\n/,
  });
  const memory = new EsrganError('OUT_OF_MEMORY', 'too little memory', { remedy: 'Use batches of 4.' });
  t.match(await command(['train', '-opt', file], memory), {
    err: /at .*a.yml:61:25\n.*batch_size_per_gpu: 12\n.*\nfix: Use batches of 4/s,
  });
  const state = new EsrganError('RESUME_STATE', 'another network');
  t.match(await command(['train', '-opt', file, '--auto_resume'], state), { err: /at --auto_resume\n/ });
});

/** The built program to its end. */
function esrgan(args: readonly string[], cwd: string) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (text.out += chunk));
    child.stderr.on('data', (chunk) => (text.err += chunk));
    child.on('close', (code) => resolve({ code, ...text }));
  });
}

const quick = [
  'train:total_iter=4',
  'datasets:train:batch_size_per_gpu=2',
  'network_g:num_feat=8',
  'network_g:num_conv=1',
  'logger:print_freq=2',
  'logger:save_checkpoint_freq=2',
  'val:save_img=false',
  'stream:multiscale=false',
];

const small = (name: string): string => path.join(root, 'options', name);

t.test('end to end: RealESRNet, the printed pipeline, a resumed run, then RealESRGAN', async (t) => {
  const work = await workplace(t);
  const net = [
    'train',
    '-opt',
    small('train_realesrnet_small.yml'),
    '--force_yml',
    ...quick,
    'train:scheduler=~',
  ];
  const first = await esrgan([...net, 'name=one'], work);
  t.equal(first.code, 0, first.err);
  const models = path.join(work, 'experiments', 'one', 'models');
  t.match((await readdir(models)).sort().join(), /net_g_2.pth.*net_g_4.pth.*net_g_latest.pth/);
  const weights = await readFile(path.join(models, 'net_g_4.pth'));

  const printed = await esrgan([...net, 'name=two', '--print-pipeline'], work);
  await writeFile(path.join(work, 'printed.yml'), printed.out);
  const again = await esrgan(['run', 'printed.yml'], work);
  t.equal(again.code, 0, again.err);
  const two = await readFile(path.join(work, 'experiments', 'two', 'models', 'net_g_4.pth'));
  t.ok(two.equals(weights), 'the printed pipeline trains the same weights');

  const half = await esrgan([...net, 'name=three', 'train:total_iter=2'], work);
  t.equal(half.code, 0, half.err);
  const rest = await esrgan([...net, 'name=three', '--auto_resume'], work);
  t.equal(rest.code, 0, rest.err);
  const three = await readFile(path.join(work, 'experiments', 'three', 'models', 'net_g_4.pth'));
  t.ok(three.equals(weights), '--auto_resume ends with the same weights');

  const gan = await esrgan(
    [
      ...['train', '-opt', small('train_realesrgan_small.yml'), '--force_yml', ...quick, 'name=gan'],
      ...['network_d:num_feat=4', 'path:pretrain_network_g=experiments/one/models/net_g_latest.pth'],
    ],
    work,
  );
  t.equal(gan.code, 0, gan.err);
  const both = (await readdir(path.join(work, 'experiments', 'gan', 'models'))).sort().join();
  t.match(both, /net_d_4.pth.*net_g_4.pth/);
  t.match(gan.out, /l_g_pix: .*l_g_gan: .*l_d_real: .*l_d_fake: /);
});
