import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../../src/engines/index.js';
import { conv } from '../../../src/engines/ops/conv.js';
import { EsrganError } from '../../../src/errors.js';
import { difference, random } from '../compare.js';

/**
 * Any adapter will do, also one in software: SwiftShader comes with Debian's chromium
 * (LD_LIBRARY_PATH=/usr/lib/chromium VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json).
 */
t.test('a small network and its gradients on WebGPU', async (t) => {
  await useEngine('cpu');
  try {
    t.match(await useEngine('onnxruntime', 'webgpu'), { execution: 'webgpu', reason: /^on webgpu/ });
  } catch (error) {
    if (!(error instanceof EsrganError) || error.code !== 'ENGINE_MISSING') throw error;
    t.match(error, { message: /webgpu/, remedy: /driver/ });
    t.comment(`not run: WebGPU, because ${error.message}`);
    return;
  }
  const inputs = [
    random([2, 5, 6, 3], 1),
    random([3, 3, 3, 16], 2),
    random([16], 3),
    random([3, 3, 16, 12], 4),
    random([12], 5),
  ];
  const worst = await difference('onnxruntime', inputs, (x, w1, slopes, w2, b2) => {
    const loss = (...[a, b, c]: tf.Tensor[]): tf.Scalar => {
      const inner = conv(x as tf.Tensor4D, { weight: a as tf.Tensor4D, bias: c as tf.Tensor1D });
      const activated = tf.prelu<tf.Tensor>(tf.leakyRelu(inner, 0.2), slopes!) as tf.Tensor4D;
      const outer = conv(activated, { weight: b as tf.Tensor4D, bias: b2 as tf.Tensor1D });
      return tf.mean(tf.square(tf.depthToSpace(outer, 2)));
    };
    const parameters = [w1!, w2!, slopes!];
    return [loss(...parameters), ...tf.grads(loss)(parameters)];
  });
  t.ok(worst < 1e-4, `differs by ${worst}`);
});
