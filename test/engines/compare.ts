import * as tf from '@tensorflow/tfjs-core';

/** Plain numbers, so that a computation can be done on one engine and then on the other. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Computation = (...x: tf.Tensor[]) => tf.Tensor[];

const length = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Uniform values in [-1, 1) from a linear congruential generator. */
export function random(shape: readonly number[], seed: number): Values {
  const values = new Float32Array(length(shape));
  let state = Math.imul(seed, 0x9e3779b1);
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return { shape, values };
}

/** Values that keep clear of zero, where some functions have a kink: in [-1, -0.1] and [0.1, 1]. */
export function clearOfZero(shape: readonly number[], seed: number): Values {
  const { values } = random(shape, seed);
  return { shape, values: values.map((x) => Math.sign(x || 1) * (0.1 + 0.9 * Math.abs(x))) };
}

export interface Result extends Values {
  readonly dtype: tf.DataType;
}

/** What an engine that was started before makes of inputs. */
export async function on(
  engine: string,
  inputs: readonly Values[],
  compute: Computation,
): Promise<readonly Result[]> {
  await tf.setBackend(engine);
  const before = tf.memory().numTensors;
  const outputs = tf.tidy(() =>
    compute(...inputs.map(({ shape, values }) => tf.tensor(values, [...shape], 'float32'))),
  );
  const results: Result[] = [];
  for (const output of outputs) {
    const values = Float32Array.from(await output.data<'float32'>());
    results.push({ shape: output.shape, dtype: output.dtype, values });
  }
  tf.dispose(outputs);
  if (tf.memory().numTensors !== before) throw new Error(`${engine} leaves tensors behind`);
  return results;
}

/**
 * Computes on tfjs-backend-cpu and on an engine; the largest difference, or infinity when shapes or types differ.
 * Relative to the value or to the root mean square of its tensor, whichever is larger, above 1: a sum of large terms
 * that happens to end near zero is no more exact than its neighbours.
 */
export async function difference(
  engine: string,
  inputs: readonly Values[],
  compute: Computation,
): Promise<number> {
  const wanted = await on('cpu', inputs, compute);
  const found = await on(engine, inputs, compute);
  return Math.max(0, ...wanted.map((one, i) => distance(one, found[i]!)));
}

function distance(wanted: Result, found: Result): number {
  if (`${found.shape}` !== `${wanted.shape}` || found.dtype !== wanted.dtype) return Infinity;
  const finite = wanted.values.filter(Number.isFinite);
  const unit = Math.max(1, Math.sqrt(finite.reduce((sum, x) => sum + x * x, 0) / Math.max(1, finite.length)));
  let worst = 0;
  wanted.values.forEach((value, i) => {
    const other = found.values[i]!;
    const same = Object.is(value, other) || value === other;
    const off = same ? 0 : Math.abs(value - other) / Math.max(unit, Math.abs(value));
    worst = Math.max(worst, Number.isNaN(off) ? Infinity : off);
  });
  return worst;
}
