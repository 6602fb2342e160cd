import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, floats } from './define.js';

/**
 * Activations are positive or negative at random, and a processor that guesses branches loses most of its
 * time on them. So the loops below look at the sign bit instead: 1 for a float32 that is at most 0, given
 * its bits as an integer.
 */
const notPositive = (bits: number): number => ((bits - 1) | bits) >>> 31;

const bits = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length);

/** dy where x > 0, slope * dy elsewhere; `slopes` are repeated over the values. */
function slopeGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  x: TensorInfo,
  slopes: ArrayLike<number>,
): TensorInfo {
  const result = backend.makeOutput(x.shape, 'float32');
  const gradient = floats(backend, dy);
  const signs = bits(floats(backend, x));
  const target = floats(backend, result);
  const channels = slopes.length;
  const factors = new Float32Array(channels * 2).fill(1);
  for (let c = 0; c < channels; c++) factors[2 * c + 1] = slopes[c]!;
  for (let pixel = 0; pixel < target.length; pixel += channels)
    for (let c = 0; c < channels; c++)
      target[pixel + c] = gradient[pixel + c]! * factors[2 * c + notPositive(signs[pixel + c]!)]!;
  return result;
}

/** (dy, x) -> dy where x > 0, alpha * dy elsewhere; x may as well be the activation's output. */
const leakyReluGrad = defineKernel('LeakyReluGrad', (backend, { dy, x }, { alpha }) =>
  slopeGradient(backend, dy!, x!, Array<number>(x!.shape.at(-1) ?? 1).fill(alpha as number)),
);

/** (dy, x, alpha [channels]) -> dy where x > 0, alpha * dy elsewhere. */
const preluGrad = defineKernel('PreluGrad', (backend, { dy, x, alpha }) =>
  slopeGradient(backend, dy!, x!, floats(backend, alpha!).slice()),
);

/** (dy, x) -> for each channel, the sum of dy * min(x, 0). */
const preluSlopeGrad = defineKernel('PreluSlopeGrad', (backend, { dy, x }) => {
  const channels = x!.shape.at(-1)!;
  const result = backend.makeOutput([channels], 'float32');
  const gradient = floats(backend, dy!);
  const input = floats(backend, x!);
  const sums = new Float64Array(channels);
  for (let pixel = 0; pixel < input.length; pixel += channels)
    for (let c = 0; c < channels; c++) sums[c]! += gradient[pixel + c]! * Math.min(input[pixel + c]!, 0);
  floats(backend, result).set(sums);
  return result;
});

export const activations = [leakyReluGrad, preluGrad, preluSlopeGrad];
