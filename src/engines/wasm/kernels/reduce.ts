import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type NamedAttrMap, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { defineQuickKernel, floats, sizeOf } from './define.js';

/** How many of the last axes are kept when the reduced axes are exactly the ones before them. */
function keptAxes(x: TensorInfo, axis: unknown): number | undefined {
  const reduced = util.parseAxisParam(axis as number | number[], x.shape).sort((a, b) => a - b);
  return reduced.every((value, i) => value === i) ? x.shape.length - reduced.length : undefined;
}

/** Sums over the leading axes in float64: tfjs' own kernels add in float32, and transpose before they do. */
function leadingSum(
  backend: BackendWasm,
  x: TensorInfo,
  { axis, keepDims }: NamedAttrMap,
  factor: (summands: number) => number,
): TensorInfo | undefined {
  const kept = x.dtype === 'float32' ? keptAxes(x, axis) : undefined;
  if (kept === undefined) return undefined;
  const reduced = x.shape.length - kept;
  const shape = [...(keepDims ? x.shape.slice(0, reduced).fill(1) : []), ...x.shape.slice(reduced)];
  const result = backend.makeOutput(shape, 'float32');
  const values = floats(backend, x);
  const columns = sizeOf(shape);
  const sums = columns === 1 ? [total(values)] : columnSums(values, columns);
  const scale = factor(values.length / columns);
  const target = floats(backend, result);
  for (let i = 0; i < columns; i++) target[i] = sums[i]! * scale;
  return result;
}

/** Four columns at a time, whose sums then stay in registers. */
function columnSums(values: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  const fours = columns & ~3;
  for (let column = 0; column < fours; column += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = column; i < values.length; i += columns) {
      a += values[i]!;
      b += values[i + 1]!;
      c += values[i + 2]!;
      d += values[i + 3]!;
    }
    sums.set([a, b, c, d], column);
  }
  for (let column = fours; column < columns; column++)
    for (let i = column; i < values.length; i += columns) sums[column]! += values[i]!;
  return sums;
}

function total(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

const sum = defineQuickKernel('Sum', (backend, { x }, attributes) =>
  leadingSum(backend, x!, attributes, () => 1),
);

const mean = defineQuickKernel('Mean', (backend, { x }, attributes) =>
  leadingSum(backend, x!, attributes, (summands) => 1 / summands),
);

export const reduce = [sum, mean];
