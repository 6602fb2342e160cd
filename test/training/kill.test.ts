import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { readState } from '../../src/training/state/file.js';
import { fixture } from '../root.js';

t.setTimeout(600_000);

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const TOTAL = 150;

const pipeline = `name: killed
seed: 3
scale: 4
source: { images: ${JSON.stringify(path.join(fixture('subimages', 'HR'), '*.png'))} }
stages:
  - crop: { size: 200, step: 100 }
  - shuffle: { memory: 64MiB }
  - degrade: { preset: bicubic }
  - batch: { size: 2, gt_size: 32 }
sink:
  train: { options: options.yml }
`;

/** Both networks, so that the state of spectral norm has to be kept too; averages that span a stop. */
const options = `name: tiny
engine: wasm
network_g: { type: SRVGGNetCompact, num_feat: 4, num_conv: 1 }
network_d: { type: UNetDiscriminatorSN, num_feat: 2 }
train:
  total_iter: ${TOTAL}
  optim_g: { lr: 0.001 }
  optim_d: { lr: 0.001 }
  scheduler: { type: MultiStepLR, milestones: [40, 90], gamma: 0.5 }
  gan_opt: { type: GANLoss, gan_type: vanilla, loss_weight: 0.1 }
logger: { print_freq: 10, save_checkpoint_freq: 7, keep_last: 3, use_tb_logger: false, log_samples: true }
`;

interface Attempt {
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
  kill(signal: NodeJS.Signals): boolean;
}

/** Starts the program as a user has it: the test runner listens for signals in child processes. */
function start(cwd: string): Attempt {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const args = [bin, 'run', 'killed.yml', '--set', 'path.resume_state=auto'];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, err })),
  );
  return { ended, kill: (signal) => child.kill(signal) };
}

function workplace(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'killed.yml'), pipeline);
  writeFileSync(path.join(folder, 'options.yml'), options);
  return folder;
}

const experiment = (cwd: string): string => path.join(cwd, 'experiments', 'tiny');

/** The newest iteration that a run could go on from. */
function newest(cwd: string): number {
  const states = ((): string[] => {
    try {
      return readdirSync(path.join(experiment(cwd), 'training_states'));
    } catch {
      return [];
    }
  })();
  return Math.max(
    0,
    ...states.filter((name) => /^\d+\.state$/.test(name)).map((name) => Number.parseInt(name, 10)),
  );
}

t.test('killed twenty times, a run ends with the very weights of one that never was', async (t) => {
  const reference = workplace(path.join(t.testdir(), 'whole'));
  const killed = path.join(path.dirname(reference), 'killed');
  workplace(killed);
  t.match(await start(reference).ended, { code: 0 });

  const signals = ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGINT'] as const;
  let kills = 0;
  const reached: number[] = [];
  while (kills < 20 && newest(killed) < TOTAL) {
    const signal = signals[kills % signals.length]!;
    const before = newest(killed);
    const attempt = start(killed);
    let over = false;
    attempt.ended.then(() => {
      over = true;
    });
    // Every fifth dies while it starts; the others once they have come further.
    if (kills % 5 === 4) await setTimeout(Math.random() * 800);
    else while (!over && newest(killed) === before) await setTimeout(5);
    await setTimeout(Math.random() * 60);
    attempt.kill(signal);
    const { code, err } = await attempt.ended;
    if (code === 0) break;
    t.ok(code === null || code === 130 || code === 143, `${signal}: ${code} ${err}`);
    kills++;
    reached.push(newest(killed));
  }
  t.ok(kills >= 10, `${kills} times, at ${reached.join(', ')}`);
  t.match(await start(killed).ended, { code: 0 });

  const file = (cwd: string, ...parts: string[]): string => path.join(experiment(cwd), ...parts);
  for (const name of [`net_g_${TOTAL}`, `net_d_${TOTAL}`]) {
    const [a, b] = await Promise.all(
      [reference, killed].map((cwd) => readSafetensors(file(cwd, 'models', `${name}.safetensors`))),
    );
    t.ok(a!.tensors.size > 5);
    for (const [key, { data }] of a!.tensors) t.same(b!.tensors.get(key)?.data, data, `${name} ${key}`);
  }
  const [a, b] = await Promise.all(
    [reference, killed].map((cwd) => readState(file(cwd, 'training_states', `${TOTAL}.state`))),
  );
  t.same(b!.optimizers, a!.optimizers, 'the moments of Adam');
  t.equal(b!.progress.batches, TOTAL);
  t.same(b!.progress.losses, a!.progress.losses, 'and every recorded loss is the same');
  const samples = [reference, killed].map((cwd) => readFileSync(file(cwd, 'samples_log.jsonl'), 'utf8'));
  t.equal(samples[0]!.split('\n').length, 2 * TOTAL + 1);
  t.ok(samples[1] === samples[0], 'the loss of every sample is there once');
  const left = readdirSync(file(killed, 'models')).filter((name) => /^net_g_\d/.test(name));
  t.equal(left.length, 3, 'of the checkpoints, three are kept');
  t.match(readFileSync(file(killed, 'options.yml'), 'utf8'), /total_iter: 150/);
});
