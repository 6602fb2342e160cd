import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import t, { type Test } from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { createGanLoss, createPixelLoss, GanLossOptions, PixelLossOptions } from '../../src/losses/index.js';
import { executionOf } from '../engines/present.js';
import { engines, maxDifference } from '../networks/reference.js';
import { fixture } from '../root.js';

interface Values {
  readonly shape: [number, number, number, number];
  readonly data: number[];
}

interface PixelCases {
  readonly pred: Values;
  readonly target: Values;
  readonly cases: readonly {
    readonly loss: 'l1' | 'mse' | 'charbonnier';
    readonly loss_weight: number;
    readonly reduction: string;
    readonly eps?: number;
    readonly value: number;
    readonly grad: number[];
  }[];
}

interface GanCases {
  readonly logits: Values;
  readonly d_real: Values;
  readonly d_fake: Values;
  readonly gan: readonly {
    readonly gan_type: string;
    readonly target_is_real: boolean;
    readonly is_disc: boolean;
    readonly loss_weight: number;
    readonly real_label_val: number;
    readonly fake_label_val: number;
    readonly value: number;
    readonly grad: number[];
  }[];
  readonly relativistic_average: readonly {
    readonly gan_type: string;
    readonly loss_weight: number;
    readonly l_g_gan: number;
    readonly l_d_real: number;
    readonly l_d_fake: number;
    readonly grad_g_wrt_fake: number[];
    readonly grad_d_wrt_real: number[];
    readonly grad_d_wrt_fake: number[];
  }[];
}

const read = <T>(name: string): T => JSON.parse(readFileSync(fixture('losses', name), 'utf8')) as T;
const pixel = read<PixelCases>('pixel.json');
const gan = read<GanCases>('gan.json');
const types = { l1: 'L1Loss', mse: 'MSELoss', charbonnier: 'CharbonnierLoss' };
const tensor = ({ shape, data }: Values): tf.Tensor4D => tf.tensor4d(data, shape);

/** Checks a value within 1e-6 of itself, and gradients within `tolerance`. */
function check(
  t: Test,
  what: string,
  loss: () => tf.Scalar,
  wanted: { value: number; gradients: readonly (readonly [tf.Tensor, number[]])[]; tolerance?: number },
): void {
  const { value, grads } = tf.engine().gradients(
    loss,
    wanted.gradients.map(([x]) => x),
    tf.scalar(1),
    true,
  );
  const found = value.dataSync()[0]!;
  t.ok(
    Math.abs(found - wanted.value) <= 1e-6 * Math.max(Math.abs(wanted.value), 0.1),
    `${what}: ${found} is ${wanted.value}`,
  );
  wanted.gradients.forEach(([, gradient], i) => {
    const error = maxDifference(grads[i]!.dataSync(), gradient);
    t.ok(error <= (wanted.tolerance ?? 1e-6), `${what}: gradient ${i} is off by ${error}`);
  });
}

for (const engine of engines)
  t.test(`losses of BasicSR on ${engine}`, async (t) => {
    await useEngine(engine, executionOf(engine));

    t.test('pixel losses', async (t) => {
      const [sr, gt] = [tensor(pixel.pred), tensor(pixel.target)];
      for (const { loss, value, grad, ...options } of pixel.cases) {
        const criterion = createPixelLoss(PixelLossOptions.parse({ type: types[loss], ...options }));
        const tolerance = options.eps === 1e-12 ? 1e-5 : 1e-6;
        check(t, `${loss} ${JSON.stringify(options)}`, () => criterion(sr, gt), {
          value,
          gradients: [[sr, grad]],
          tolerance,
        });
      }
    });

    t.test('plain adversarial losses', async (t) => {
      const logits = tensor(gan.logits);
      for (const { target_is_real: real, is_disc, value, grad, ...options } of gan.gan) {
        const loss = createGanLoss(GanLossOptions.parse({ type: 'GANLoss', ...options }));
        t.equal(loss.relativistic, false);
        // The generator's loss always has the label "real"; hinge takes no notice of the label.
        if (!is_disc && !real && options.gan_type !== 'hinge') continue;
        const run = () => {
          if (!is_disc) return loss.generator({ fake: logits });
          return real ? loss.discriminatorReal({ real: logits }) : loss.discriminatorFake({ fake: logits });
        };
        check(t, `${is_disc ? 'D' : 'G'} ${real} ${JSON.stringify(options)}`, run, {
          value,
          gradients: [[logits, grad]],
        });
      }
    });

    t.test('relativistic average losses', async (t) => {
      const [real, fake] = [tensor(gan.d_real), tensor(gan.d_fake)];
      const none = new Array<number>(real.size).fill(0);
      for (const wanted of gan.relativistic_average) {
        const { gan_type, loss_weight } = wanted;
        const loss = createGanLoss(
          GanLossOptions.parse({ type: 'GANLoss', gan_type, loss_weight, relativistic: true }),
        );
        t.equal(loss.relativistic, true);
        check(t, `G ${gan_type} ${loss_weight}`, () => loss.generator({ fake, real }), {
          value: wanted.l_g_gan,
          gradients: [
            [fake, wanted.grad_g_wrt_fake],
            [real, none],
          ],
        });
        check(t, `D ${gan_type}, real`, () => loss.discriminatorReal({ real, fake }), {
          value: wanted.l_d_real,
          gradients: [
            [real, wanted.grad_d_wrt_real],
            [fake, none],
          ],
        });
        check(t, `D ${gan_type}, fake`, () => loss.discriminatorFake({ fake, real }), {
          value: wanted.l_d_fake,
          gradients: [
            [fake, wanted.grad_d_wrt_fake],
            [real, none],
          ],
        });
      }
    });

    t.test('logits far from zero', async (t) => {
      const far = tf.tensor1d([1000, -1000]);
      const loss = createGanLoss(GanLossOptions.parse({ type: 'GANLoss', gan_type: 'vanilla' }));
      check(t, 'vanilla', () => loss.generator({ fake: far }), { value: 500, gradients: [[far, [0, -0.5]]] });
    });

    t.test('nothing is left behind', async (t) => {
      const [real, fake] = [tensor(gan.d_real), tensor(gan.d_fake)];
      const loss = createGanLoss(
        GanLossOptions.parse({ type: 'GANLoss', gan_type: 'vanilla', relativistic: true }),
      );
      const before = tf.memory().numTensors;
      const { value, grads } = tf.engine().gradients(() => loss.generator({ fake, real }), [fake]);
      tf.dispose([value, grads]);
      t.equal(tf.memory().numTensors, before);
    });
  });

t.test('a relativistic loss wants both kinds of images', async (t) => {
  await useEngine('wasm');
  const loss = createGanLoss(
    GanLossOptions.parse({ type: 'GANLoss', gan_type: 'hinge', relativistic: true }),
  );
  const logits = tf.tensor1d([1]);
  t.throws(() => loss.generator({ fake: logits }), /logits of both/);
  t.throws(() => loss.discriminatorReal({ real: logits }), /logits of both/);
});

t.test('options of losses', async (t) => {
  t.same(PixelLossOptions.parse({ type: 'CharbonnierLoss' }), {
    type: 'CharbonnierLoss',
    loss_weight: 1,
    reduction: 'mean',
    eps: 1e-12,
  });
  t.same(GanLossOptions.parse({ type: 'GANLoss', gan_type: 'vanilla' }), {
    type: 'GANLoss',
    gan_type: 'vanilla',
    real_label_val: 1,
    fake_label_val: 0,
    loss_weight: 1,
    relativistic: false,
  });
  for (const wrong of [
    { type: 'L1Loss', weight: 2 },
    { type: 'MSELoss', reduction: 'none' },
    { type: 'CharbonnierLoss', eps: 0 },
  ])
    t.notOk(PixelLossOptions.safeParse(wrong).success, JSON.stringify(wrong));
  t.notOk(GanLossOptions.safeParse({ type: 'GANLoss' }).success);
});
