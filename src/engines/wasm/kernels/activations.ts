import { defineKernel, floats } from './define.js';

/** (dy, x) -> dy where x > 0, alpha * dy elsewhere. */
const leakyReluGrad = defineKernel('LeakyReluGrad', (backend, { dy, x }, { alpha }) => {
  const result = backend.makeOutput(x!.shape, 'float32');
  const [gradient, sign, target] = [dy!, x!, result].map((info) => floats(backend, info)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const slope = Math.fround(alpha as number);
  for (let i = 0; i < target.length; i++) target[i] = gradient[i]! * (sign[i]! > 0 ? 1 : slope);
  return result;
});

/** (dy, x, alpha [channels]) -> dy where x > 0, alpha * dy elsewhere. */
const preluGrad = defineKernel('PreluGrad', (backend, { dy, x, alpha }) => {
  const result = backend.makeOutput(x!.shape, 'float32');
  const gradient = floats(backend, dy!);
  const sign = floats(backend, x!);
  const slopes = floats(backend, alpha!);
  const target = floats(backend, result);
  const channels = slopes.length;
  for (let pixel = 0; pixel < target.length; pixel += channels)
    for (let c = 0; c < channels; c++) {
      const i = pixel + c;
      target[i] = gradient[i]! * (sign[i]! > 0 ? 1 : slopes[c]!);
    }
  return result;
});

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
