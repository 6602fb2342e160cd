import * as tf from '@tensorflow/tfjs-core';
import { type ConvWeights, conv } from '../../engines/ops/conv.js';
import { EsrganError } from '../../errors.js';
import type { StateDict } from '../types.js';
import { type VggLayer, type VggType, vggLayers } from './layers.js';

export interface VggFeaturesOptions {
  readonly vgg_type: VggType;
  /** Names of the layers wanted: `conv5_4`, `relu2_1`, `pool4`. */
  readonly layers: readonly string[];
  /** Normalise RGB with the mean and deviation of ImageNet. */
  readonly use_input_norm: boolean;
  /** The images are in [-1, 1]. */
  readonly range_norm: boolean;
}

export interface VggFeatures {
  /** image float32 [n, h, w, 3], RGB in [0, 1] -> the wanted maps by the names of their layers. */
  features(image: tf.Tensor4D): Record<string, tf.Tensor4D>;
  dispose(): void;
}

type Step = (x: tf.Tensor4D) => tf.Tensor4D;

const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];

/**
 * The convolutions of VGG (Simonyan & Zisserman, "Very deep convolutional networks for large-scale image
 * recognition", 2014), a network trained to tell 1,000 kinds of things apart, as a fixed judge of images. Nothing
 * of it is trained here. It stops after the last layer wanted.
 *
 * A `conv` layer gives its output before the ReLU after it. Poolings drop the last row or column of an odd size.
 * @param weights torchvision's `features.<i>.weight` and `.bias` of that network; `classifier.*` is ignored
 * @throws EsrganError `NETWORK_OPTIONS` for a layer that the network does not have, `NETWORK_WEIGHTS` for weights
 * that lack a layer
 */
export function createVggFeatures(options: VggFeaturesOptions, weights: StateDict): VggFeatures {
  const { vgg_type, layers: wanted, use_input_norm, range_norm } = options;
  const all = vggLayers(vgg_type);
  checkNames(wanted, all, vgg_type);
  const layers = all.slice(0, all.findLastIndex(({ name }) => wanted.includes(name)) + 1);
  const convolutions = new Map(
    layers.filter(({ kind }) => kind === 'conv').map((layer) => [layer.name, load(layer, weights, vgg_type)]),
  );

  const step = ({ kind, name }: VggLayer): Step => {
    const found = convolutions.get(name);
    if (found) return (x) => conv(x, found);
    return kind === 'relu' ? (x) => tf.relu(x) : (x) => tf.maxPool(x, 2, 2, 'valid');
  };
  const steps = layers.map((layer) => ({ name: layer.name, run: step(layer) }));

  const normalised = (image: tf.Tensor4D): tf.Tensor4D => {
    const unit = range_norm ? tf.div<tf.Tensor4D>(tf.add(image, 1), 2) : image;
    return use_input_norm ? tf.div(tf.sub(unit, mean), deviation) : unit;
  };

  return {
    features: (image) =>
      tf.tidy(() => {
        const maps: Record<string, tf.Tensor4D> = {};
        let x = normalised(image);
        for (const { name, run } of steps) {
          x = run(x);
          if (wanted.includes(name)) maps[name] = x;
        }
        return maps;
      }),
    dispose: () => {
      for (const { weight, bias } of convolutions.values()) tf.dispose([weight, bias]);
    },
  };
}

function checkNames(wanted: readonly string[], layers: readonly VggLayer[], type: VggType): void {
  const unknown = wanted.find((name) => !layers.some((layer) => layer.name === name));
  if (unknown === undefined && wanted.length > 0) return;
  throw new EsrganError('NETWORK_OPTIONS', `${type} has no layer ${unknown ?? 'without a name'}.`, {
    remedy: `Name layers out of ${layers[0]!.name} ... ${layers.at(-1)!.name} in layer_weights.`,
  });
}

function load({ index, name }: VggLayer, weights: StateDict, type: VggType): ConvWeights {
  const weight = weights.get(`features.${index}.weight`);
  const bias = weights.get(`features.${index}.bias`);
  if (weight?.shape.length !== 4 || bias?.shape.length !== 1)
    throw new EsrganError(
      'NETWORK_WEIGHTS',
      `These are not the weights of ${type}: features.${index}.weight and .bias, its ${name}, are missing.`,
      { remedy: `Give torchvision's own file for ${type} as vgg_weights.` },
    );
  return tf.tidy(() => ({
    weight: tf.transpose(
      tf.tensor4d(weight.data, weight.shape as [number, number, number, number]),
      [2, 3, 1, 0],
    ),
    bias: tf.tensor1d(bias.data),
  }));
}
