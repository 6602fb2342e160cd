import { mkdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { writeWeights } from '../../src/formats/weights/index.js';
import { readCheckpoint } from '../../src/training/checkpoint.js';
import { executionOf, notRun, present, titleOf } from '../engines/present.js';
import { fixture } from '../root.js';
import {
  type Outcome,
  referenceBatches,
  referenceRun,
  runTraining,
  weightErrors,
  worstLoss,
} from './golden-run.js';

for (const line of notRun) t.comment(line);

const golden = referenceRun('gan');
const vgg_weights = fixture('networks', 'vgg19_width8', 'vgg19.safetensors');
const init = (name: string): string => fixture('training', name);

const run = (
  engine: (typeof present)[number],
  folder: string,
  total_iter: number,
  paths: object,
): Promise<Outcome> => {
  const { perceptual_opt, ...train } = golden.options.train as { perceptual_opt: object };
  return runTraining(
    {
      ...golden.options,
      name: 'gan',
      engine,
      execution: executionOf(engine),
      train: {
        ...train,
        total_iter,
        perceptual_opt: { type: 'PerceptualLoss', ...perceptual_opt, vgg_weights },
      },
      path: { experiments_root: folder, ...paths },
      logger: { print_freq: 1 },
    },
    referenceBatches('gan'),
  );
};

const lrs = ({ events }: Outcome) => events.flatMap((event) => (event.type === 'iter' ? [event.lrs] : []));

const start = {
  pretrain_network_g: init('gan_init_net_g.pth'),
  param_key_g: 'params',
  pretrain_network_d: fixture('pth', 'net_d_10.pth'),
};

/** ESRGAN_TEST_STEPS=2 makes do with so many, e.g. where a processor stands in for a graphics card. */
const few = Number(process.env.ESRGAN_TEST_STEPS ?? 0);

for (const engine of few ? present : [])
  t.test(`${few} steps of RealESRGANModel on ${titleOf(engine)}`, async (t) => {
    const { summary } = await run(engine, path.join(t.testdir(), 'few'), few, start);
    t.equal(summary.losses.length, few);
    const off = worstLoss(summary.losses, golden.log.slice(0, few));
    t.ok(off < 1e-4, `losses within ${off}`);
  });

for (const engine of few ? [] : present)
  t.test(`10 steps of RealESRGANModel on ${titleOf(engine)}, and 5 more`, async (t) => {
    const folder = path.join(t.testdir(), 'ours');
    const first = await run(engine, folder, 10, start);
    const off = worstLoss(first.summary.losses, golden.log);
    t.ok(off < 1e-4, `losses within ${off}`);
    t.same(
      lrs(first),
      golden.log.map(({ lr }) => lr),
    );
    for (const [key, reference] of [
      ['params', 'gan_final_params.safetensors'],
      ['params_ema', 'gan_final_params_ema.safetensors'],
    ] as const) {
      const { near, worst, names } = await weightErrors(first.summary.checkpoint, key, reference);
      t.ok(names && near >= 0.999 && worst <= 4e-4, `${key}: ${100 * near} % within 1e-5, worst ${worst}`);
    }
    const file = first.summary.checkpoint.replace('net_g', 'net_d');
    const { near, worst, names } = await weightErrors(file, 'params', 'gan_final_net_d.safetensors');
    t.ok(names && near >= 0.999 && worst <= 4e-4, `net_d: ${100 * near} % within 1e-5, worst ${worst}`);

    const more = await run(engine, folder, 15, { resume_state: 'auto' });
    t.equal(more.summary.losses.length, 15, 'the records of before are kept');
    const after = worstLoss(more.summary.losses.slice(10), golden.continued!.log);
    t.ok(after < 1e-4, `after going on, losses within ${after}`);
    t.same(
      lrs(more),
      golden.continued!.log.map(({ lr }) => lr),
    );

    const theirs = await run(engine, await basicsr(t.testdirName), 15, { resume_state: 'auto' });
    const fromState = worstLoss(theirs.summary.losses, golden.continued!.log);
    t.ok(fromState < 1e-4, `from BasicSR's own state, losses within ${fromState}`);
    t.match(
      theirs.events.filter(({ type }) => type === 'warning'),
      [{ message: /is BasicSR's/ }],
    );
  });

/** An experiment as BasicSR leaves it behind after 10 steps. */
async function basicsr(folder: string): Promise<string> {
  const own = path.join(folder, 'theirs');
  for (const name of ['models', 'training_states'])
    mkdirSync(path.join(own, 'gan', name), { recursive: true });
  const model = (name: string): string => path.join(own, 'gan', 'models', `${name}_10.pth`);
  const set = async (name: string) =>
    (await readCheckpoint(init(`gan_final_${name}.safetensors`))).sets.params;
  await writeWeights(model('net_g'), {
    sets: { params: await set('params'), params_ema: await set('params_ema') },
  });
  await writeWeights(model('net_d'), { sets: { params: await set('net_d') } });
  await copyFile(fixture('pth', '10.state'), path.join(own, 'gan', 'training_states', '10.state'));
  return own;
}
