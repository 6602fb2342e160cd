import * as tf from '@tensorflow/tfjs-core';

const EDGE = 128;
const CHANNELS = 64;
const LAYERS = 4;
const BUDGET_MS = 2000;

/** 10^9 floating-point operations a second on the current engine: a few 3x3 convolutions in a row, one result read. */
export async function convolutionGflops(): Promise<number> {
  const x = tf.randomUniform<tf.Rank.R4>([1, EDGE, EDGE, CHANNELS], -1, 1, 'float32', 1);
  // Small weights keep the values finite, whatever the number of layers.
  const filter = tf.randomUniform<tf.Rank.R4>([3, 3, CHANNELS, CHANNELS], -0.1, 0.1, 'float32', 2);
  const once = async (): Promise<number> => {
    const start = performance.now();
    const sum = tf.tidy(() => {
      let y = x;
      for (let i = 0; i < LAYERS; i++) y = tf.conv2d(y, filter, 1, 'same');
      return tf.sum(y);
    });
    await sum.data();
    sum.dispose();
    return performance.now() - start;
  };
  await once();
  await once();
  const times: number[] = [];
  const end = performance.now() + BUDGET_MS;
  while (times.length < 3 || (times.length < 20 && performance.now() < end)) times.push(await once());
  tf.dispose([x, filter]);
  const operations = 2 * 9 * CHANNELS * CHANNELS * EDGE * EDGE * LAYERS;
  return operations / Math.min(...times) / 1e6;
}
