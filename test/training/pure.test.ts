import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { parse } from 'yaml';
import type { RunEvent } from '../../src/events.js';
import type { Pixels } from '../../src/images/pixels.js';
import type { Batch } from '../../src/training/batch.js';
import { nextBatch } from '../../src/training/next-batch.js';
import { SchedulerOptions, TrainOptions } from '../../src/training/options.js';
import { Recorder } from '../../src/training/recorder.js';
import { learningRate } from '../../src/training/schedule.js';
import { captionSvg } from '../../src/training/validation/caption.js';
import { mostDifferent, sideBySide } from '../../src/training/validation/picture.js';
import { cut, multipleOf, nearest, resized } from '../../src/training/validation/pixels.js';
import { fixture, root } from '../root.js';

interface Golden {
  readonly schedules: readonly {
    readonly type: string;
    readonly args: Record<string, unknown>;
    readonly base_lr: number;
    readonly warmup_iter: number;
    readonly lr_at_iteration_1_to_n: readonly number[];
  }[];
}

const json = (...parts: string[]): unknown => JSON.parse(readFileSync(fixture(...parts), 'utf8'));

t.test('learning rates are those of the original schedulers', async (t) => {
  for (const golden of (json('training', 'schedules.json') as Golden).schedules) {
    const type = golden.type.split(' ')[0];
    const scheduler = SchedulerOptions.parse({ type, ...golden.args });
    const schedule = { lr: golden.base_lr, warmup_iter: golden.warmup_iter, scheduler };
    const worst = golden.lr_at_iteration_1_to_n.map((lr, i) =>
      Math.abs(learningRate(schedule, i + 1) / lr - 1),
    );
    t.ok(Math.max(...worst) < 1e-12, `${type} ${JSON.stringify(golden.args)} warm-up ${golden.warmup_iter}`);
  }
  t.equal(learningRate({ lr: 3, warmup_iter: -1 }, 1000), 3, 'without a scheduler the rate stays');
  t.equal(learningRate({ lr: 3, warmup_iter: 4 }, 1), 0.75);
});

const network_g = { type: 'SRVGGNetCompact', num_feat: 4, num_conv: 1 };

t.test('the quickstart options are sound', async (t) => {
  const file = path.join(root, 'options', 'quickstart_x4.yml');
  const { train, val } = TrainOptions.parse(parse(readFileSync(file, 'utf8')));
  t.ok(train.total_iter <= 3000, 'minutes, not hours');
  t.ok(
    learningRate({ ...train, lr: train.optim_g.lr }, train.total_iter) < train.optim_g.lr / 100,
    'the rate falls',
  );
  t.same(val?.images, ['datasets/sample/coffee.png']);
});

t.test('options', async (t) => {
  const options = TrainOptions.parse({ network_g, train: { total_iter: 5 } });
  t.equal(options.engine, 'auto');
  t.match(options.train, {
    ema_decay: 0.999,
    optim_g: { type: 'Adam', lr: 2e-4, weight_decay: 0, betas: [0.9, 0.99] },
    warmup_iter: -1,
    pixel_opt: { type: 'L1Loss', loss_weight: 1, reduction: 'mean' },
  });
  t.match(options.path, { param_key_g: 'params_ema', strict_load_g: true, experiments_root: 'experiments' });
  const problems = (input: unknown) =>
    TrainOptions.safeParse(input).error?.issues.map((i) => `${i.path.join('.')}: ${i.message}`) ?? [];
  t.match(problems({ network_g, train: { total_iter: 5, ema_dekay: 0.9 } }), [/ema_dekay/]);
  t.match(problems({ network_g, train: {} }), [/^train.total_iter/]);
  t.match(problems({ network_g, name: 'a/b', train: { total_iter: 5 } }), [/^name: a name, not a path/]);
  const cosine = { type: 'CosineAnnealingRestartLR', periods: [4], eta_min: 0 };
  t.match(problems({ network_g, train: { total_iter: 5, scheduler: cosine } }), [
    /add up to at least total_iter/,
  ]);
  t.match(
    problems({ network_g, train: { total_iter: 4, scheduler: { ...cosine, restart_weights: [1, 2] } } }),
    [/one restart weight/],
  );
});

t.test('bicubic resampling and cutting', async (t) => {
  const row = (...values: number[]): Pixels => {
    const data = Uint8Array.from(values.flatMap((v) => [v, v, v, 255]));
    return { data, width: values.length, height: 1, channels: 4, stride: data.length };
  };
  const double = resized(row(0, 0, 100, 100), 8, 1);
  // Keys' weights at distances of 0.25, 0.75, 1.25 and 1.75: 0.8671875, 0.2265625, -0.0703125, -0.0234375
  t.equal(double.data[3 * 3], Math.round(100 * (0.2265625 - 0.0234375)));
  t.equal(double.data[4 * 3], Math.round(100 * (0.8671875 - 0.0703125)));
  const ramp = resized(row(...Array.from({ length: 16 }, (_, i) => 10 * i)), 8, 1);
  t.same([ramp.data[6], ramp.data[9], ramp.data[12]], [45, 65, 85], 'a ramp stays a ramp');
  t.same(
    [...nearest(row(1, 2), 2).data],
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
  );
  t.same([...cut(row(1, 2, 3), 1, 0, 2, 1).data], [2, 2, 2, 3, 3, 3]);
  t.match(multipleOf({ ...row(1, 2, 3, 4, 5), height: 9 }, 4), { width: 4, height: 8, stride: 20 });
});

t.test('records are means over the steps since the last', async (t) => {
  const events: RunEvent[] = [];
  const recorder = new Recorder(5, 2, (event) => events.push(event));
  for (const iter of [1, 2, 3, 4, 5])
    recorder.add({ epoch: 0, iter, lrs: [1], losses: { l_pix: iter }, time: 2, timeData: 0.5 });
  recorder.flush();
  t.same(recorder.losses, [
    { iter: 1, losses: { l_pix: 1 } },
    { iter: 2, losses: { l_pix: 2 } },
    { iter: 4, losses: { l_pix: 3.5 } },
    { iter: 5, losses: { l_pix: 5 } },
  ]);
  t.match(events[2], { type: 'iter', iter: 4, totalIter: 5, time: 2, timeData: 0.5, eta: 2 });
});

t.test('waiting for a batch ends with the run, and a late batch is given back', async (t) => {
  const stop = new AbortController();
  const given: unknown[] = [];
  const late = {} as Batch;
  let arrive = (_: Batch): void => undefined;
  const source = {
    next: () => new Promise<Batch>((resolve) => (arrive = resolve)),
    done: (batch: Batch) => void given.push(batch),
  };
  const waiting = nextBatch(source, stop.signal);
  stop.abort();
  t.equal(await waiting, undefined);
  arrive(late);
  await new Promise(setImmediate);
  t.ok(given[0] === late && given.length === 1);
});

t.test('side by side', async (t) => {
  const gray = (at: number): Pixels => {
    const data = new Uint8Array(20 * 10 * 3).fill(100);
    data[(4 * 20 + at) * 3] = 200;
    return { data, width: 20, height: 10, channels: 3, stride: 60 };
  };
  const detail = mostDifferent(gray(15), { ...gray(15), data: new Uint8Array(600).fill(100) }, 4, 4);
  t.ok(detail.x <= 15 && detail.x + 4 > 15 && detail.y <= 4 && detail.y + 4 > 4);
  const png = await sideBySide(
    [
      { image: gray(15), caption: 'GT' },
      { image: gray(0), caption: 'bicubic 1.00 dB' },
    ],
    detail,
    10,
  );
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  t.same([info.width, info.height], [8 + 2 * 48, 40 + 28 + 16]);
  const at = (x: number, y: number) => data[(y * info.width + x) * info.channels]!;
  const x = 8 + (15 - detail.x) * 10;
  const y = 8 + 28 + (4 - detail.y) * 10;
  t.same(
    [at(x, y), at(x + 9, y + 9), at(x + 48, y)],
    [200, 200, 100],
    'each pixel is a square of its colour',
  );
  t.match(captionSvg('dB', 40, 20), /M\d+ \d+h1v1h-1z/);
});
