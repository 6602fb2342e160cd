import { readFileSync } from 'node:fs';
import t from 'tap';
import type { RunEvent } from '../../src/events.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import type { Batch } from '../../src/training/batch.js';
import { readCheckpoint, weights } from '../../src/training/checkpoint.js';
import { TrainOptions } from '../../src/training/options.js';
import { train } from '../../src/training/train.js';
import { readNpy } from '../npy.js';
import { fixture } from '../root.js';
import { executionOf, notRun, present } from './present.js';

for (const line of notRun) t.comment(line);

const golden = JSON.parse(readFileSync(fixture('training', 'esrnet.json'), 'utf8')) as {
  options: { network_g: unknown; train: unknown };
  log: { lr: number[]; l_pix: number }[];
};
const lq = readNpy<Uint8Array>(fixture('training', 'esrnet_lq_u8.npy'));
const gt = readNpy<Uint8Array>(fixture('training', 'esrnet_gt_u8.npy'));

/** Batch `index` of uint8 [batches, n, 3, h, w], as NHWC bytes. */
function channelsLast({ shape, data }: { shape: readonly number[]; data: Uint8Array }, index: number) {
  const [, n, c, h, w] = shape as [number, number, number, number, number];
  const out = new Uint8Array(n * c * h * w);
  for (let i = 0; i < out.length; i++) {
    const [image, channel, pixel] = [Math.floor(i / (w * h * c)), Math.floor(i / (w * h)) % c, i % (w * h)];
    out[(image * h * w + pixel) * c + channel] = data[index * out.length + i]!;
  }
  return { bytes: out, shape: [n, h, w, c] as const };
}

function batchOf(index: number): Batch {
  const [small, large] = [channelsLast(lq, index % 5), channelsLast(gt, index % 5)];
  const rows = Array.from({ length: small.shape[0] }, (_, i) => ({
    id: `picture.png@HR:8x8+${index}+${i}`,
    epoch: 0,
    seed: '00',
    augment: { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 8 },
    degradations: [],
  }));
  const pictures = { lq: small.bytes, lqShape: small.shape, gt: large.bytes, gtShape: large.shape };
  return { index, epoch: 0, size: rows.length, ...pictures, rows };
}

for (const engine of present)
  t.test(`20 steps of RealESRNetModel on ${engine}`, async (t) => {
    let next = 0;
    const events: RunEvent[] = [];
    const summary = await train(
      { next: async () => batchOf(next++), done: () => {} },
      TrainOptions.parse({
        engine,
        execution: executionOf(engine),
        network_g: golden.options.network_g,
        train: golden.options.train,
        path: {
          experiments_root: t.testdir(),
          pretrain_network_g: fixture('training', 'esrnet_init.safetensors'),
          param_key_g: 'params',
        },
        logger: { print_freq: 1 },
      }),
      {
        name: 'trajectory',
        signal: new AbortController().signal,
        emit: (event) => void events.push(event),
      },
    );
    t.match(events[0], { type: 'engine', engine, reason: /^on \w/ }, 'what computes is said first');
    const off = golden.log.map(({ l_pix }, i) => Math.abs(summary.losses[i]!.losses.l_pix! / l_pix - 1));
    t.equal(off.length, 20);
    t.ok(Math.max(...off) < 1e-4, `losses within ${Math.max(...off)}`);
    const checkpoint = await readCheckpoint(summary.checkpoint);
    for (const key of ['params', 'params_ema'] as const) {
      const { tensors } = await readSafetensors(fixture('training', `esrnet_final_${key}.safetensors`));
      const ours = weights(checkpoint, key);
      t.same([...ours.keys()].sort(), [...tensors.keys()].sort());
      const errors = [...tensors].flatMap(([name, { data }]) =>
        [...data].map((value, i) => Math.abs(value - ours.get(name)!.data[i]!)),
      );
      const near = errors.filter((e) => e <= 1e-5).length / errors.length;
      const worst = errors.reduce((a, b) => Math.max(a, b));
      t.ok(near >= 0.999 && worst <= 4e-4, `${key}: ${100 * near} % within 1e-5, worst ${worst}`);
    }
  });
