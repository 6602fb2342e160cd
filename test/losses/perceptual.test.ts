import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { createPerceptualLoss, PerceptualLossOptions } from '../../src/losses/index.js';
import { createVggFeatures, readVggWeights, type VggFeatures } from '../../src/networks/index.js';
import { vggLayers } from '../../src/networks/vgg/layers.js';
import { vggCacheFile } from '../../src/networks/vgg/weights.js';
import { executionOf } from '../engines/present.js';
import { engines, maxDifference, nchw, norm, relativeError } from '../networks/reference.js';
import { fixture } from '../root.js';

interface Golden {
  readonly layer_weights: Record<string, number>;
  readonly features: Record<string, number[]>;
  readonly losses: Record<
    string,
    {
      readonly options: Record<string, unknown>;
      readonly percep: number | null;
      readonly style: number | null;
      readonly input_grad?: string;
      readonly input_grad_l2_norm: number;
    }
  >;
}

const vgg19 = (name: string): string => fixture('networks', 'vgg19_width8', name);
const golden = JSON.parse(readFileSync(vgg19('golden.json'), 'utf8')) as Golden;
const weights = await readVggWeights('vgg19', vgg19('vgg19.safetensors'));

const parse = (options: Record<string, unknown>): PerceptualLossOptions =>
  PerceptualLossOptions.parse({
    type: 'PerceptualLoss',
    layer_weights: golden.layer_weights,
    ...options,
  });

const extractor = (options: PerceptualLossOptions): VggFeatures =>
  createVggFeatures({ ...options, layers: Object.keys(options.layer_weights) }, weights);

for (const engine of engines)
  t.test(`perceptual losses on ${engine}`, async (t) => {
    await useEngine(engine, executionOf(engine));
    const [sr, gt] = [nchw(vgg19('input.npy')), nchw(vgg19('gt.npy'))];

    t.test('feature maps', async (t) => {
      const vgg = extractor(parse({}));
      const maps = vgg.features(sr);
      t.same(Object.keys(maps), Object.keys(golden.features));
      for (const [name, map] of Object.entries(maps)) {
        const wanted = nchw(vgg19(`feature_${name}.npy`));
        t.same(map.shape, wanted.shape);
        const error = maxDifference(map.dataSync(), wanted.dataSync());
        t.ok(error < 2e-5, `${name} is off by ${error}`);
      }
      vgg.dispose();
    });

    for (const [name, wanted] of Object.entries(golden.losses))
      t.test(name, { skip: engine === 'cpu' && name !== 'l1_with_style' && 'too slow' }, async (t) => {
        const options = parse(wanted.options);
        const vgg = extractor(options);
        const loss = createPerceptualLoss(options, (image) => vgg.features(image));
        const target = loss.target(gt);
        const parts = (x: tf.Tensor4D): tf.Scalar[] => {
          const { percep, style } = loss.compare(x, target);
          t.equal(percep !== undefined, wanted.percep !== null, 'percep');
          t.equal(style !== undefined, wanted.style !== null, 'style');
          return [percep, style].filter((part) => part !== undefined);
        };
        const values = parts(sr).map((part) => part.dataSync()[0]!);
        [wanted.percep, wanted.style]
          .filter((part) => part !== null)
          .forEach((part, i) => {
            t.ok(Math.abs(values[i]! / part - 1) < 1e-5, `${values[i]} is ${part}`);
          });

        const gradient = tf.grad((x) => parts(x as tf.Tensor4D).reduce((a, b) => tf.add(a, b)))(sr);
        const length = norm(gradient.dataSync());
        t.ok(Math.abs(length / wanted.input_grad_l2_norm - 1) < 1e-4, `length of the gradient ${length}`);
        if (wanted.input_grad) {
          const error = relativeError(gradient.dataSync(), nchw(vgg19(wanted.input_grad)).dataSync());
          t.ok(error < 1e-4, `the gradient is off by ${error}`);
        }
        vgg.dispose();
        tf.dispose(target);
      });

    t.test('of an image with itself', async (t) => {
      const before = tf.memory().numTensors;
      const options = parse({ criterion: 'fro' });
      const vgg = extractor(options);
      const loss = createPerceptualLoss(options, (image) => vgg.features(image));
      const target = loss.target(sr);
      const { value, grad } = tf.valueAndGrad((x) => loss.compare(x as tf.Tensor4D, target).percep!)(sr);
      t.equal(value.dataSync()[0], 0);
      t.ok(
        grad.dataSync().every((slope) => slope === 0),
        'the gradient is zero, not NaN',
      );
      tf.dispose([value, grad, target]);
      vgg.dispose();
      t.equal(tf.memory().numTensors, before, 'nothing else was left behind');
    });
  });

t.test('layers', async (t) => {
  const layers = vggLayers('vgg19');
  t.equal(layers.length, 37);
  t.match(
    layers.find(({ name }) => name === 'conv5_4'),
    { index: 34, width: 512 },
  );
  t.match(
    vggLayers('vgg16').find(({ name }) => name === 'conv5_3'),
    { index: 28 },
  );
  await useEngine('wasm');
  const maps = createVggFeatures(
    { vgg_type: 'vgg19', layers: ['relu1_1', 'pool2'], use_input_norm: true, range_norm: false },
    weights,
  ).features(tf.zeros([1, 9, 10, 3]));
  t.same(maps.relu1_1?.shape, [1, 9, 10, 8]);
  t.same(maps.pool2?.shape, [1, 2, 2, 16], 'odd sizes lose their last row');
  t.ok(maps.relu1_1?.dataSync().every((value) => value >= 0));
  t.throws(() => extractor(parse({ layer_weights: { conv4_5: 1 } })), { message: /expected|layer/ });
  t.throws(() => extractor(parse({ vgg_type: 'vgg16', layer_weights: { conv5_4: 1 } })), {
    code: 'NETWORK_OPTIONS',
    message: /vgg16 has no layer conv5_4/,
  });
  t.throws(
    () => createVggFeatures({ ...parse({}), layers: ['conv1_2'] }, new Map([...weights].slice(0, 3))),
    { code: 'NETWORK_WEIGHTS', message: /features\.0\.weight/ },
  );
});

t.test('weights that are not there', async (t) => {
  const missing = path.join(t.testdir(), 'vgg19-dcbb9e9d.pth');
  await t.rejects(readVggWeights('vgg19', missing), {
    code: 'VGG_WEIGHTS_MISSING',
    message: new RegExp(`vgg19-dcbb9e9d\\.pth.*${missing.replaceAll(/[/.]/g, '\\$&')}`),
    remedy: /vgg_weights.*hub.checkpoints.vgg19-dcbb9e9d\.pth.*remove perceptual_opt/,
    place: { file: missing },
  });
  t.equal(
    vggCacheFile('vgg19', { TORCH_HOME: '/t' }),
    path.join('/t', 'hub', 'checkpoints', 'vgg19-dcbb9e9d.pth'),
  );
  t.equal(
    vggCacheFile('vgg16', { XDG_CACHE_HOME: '/x' }),
    path.join('/x', 'torch', 'hub', 'checkpoints', 'vgg16-397923af.pth'),
  );
});

t.test('options', async (t) => {
  t.same(PerceptualLossOptions.parse({ type: 'PerceptualLoss', layer_weights: { conv5_4: 1 } }), {
    type: 'PerceptualLoss',
    layer_weights: { conv5_4: 1 },
    vgg_type: 'vgg19',
    use_input_norm: true,
    range_norm: false,
    perceptual_weight: 1,
    style_weight: 0,
    criterion: 'l1',
  });
  for (const wrong of [
    { layer_weights: {} },
    { layer_weights: { conv6_1: 1 } },
    { layer_weights: { conv5_4: 1 }, criterion: 'l3' },
  ])
    t.notOk(PerceptualLossOptions.safeParse({ type: 'PerceptualLoss', ...wrong }).success);
});
