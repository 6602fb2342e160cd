import { backend_util, slice_util, type Tensor, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { defineQuickKernel, floats, sizeOf } from './define.js';

/** A second reference to the same values. tfjs' kernel copies them, and every saved activation with them. */
const identity = defineQuickKernel('Identity', (backend, { x }) => {
  if (x!.dtype === 'string') return undefined;
  backend.incRef(x!.dataId);
  return { dataId: x!.dataId, shape: [...x!.shape], dtype: x!.dtype };
});

/** Copies a run of values; short ones, as channels are, value by value: array views cost more than they save. */
function copyRun(source: Float32Array, from: number, target: Float32Array, to: number, length: number): void {
  if (length > 256) {
    target.set(source.subarray(from, from + length), to);
    return;
  }
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    target[to + i] = source[from + i]!;
    target[to + i + 1] = source[from + i + 1]!;
    target[to + i + 2] = source[from + i + 2]!;
    target[to + i + 3] = source[from + i + 3]!;
  }
  for (; i < length; i++) target[to + i] = source[from + i]!;
}

/** The same shape or position with axes of `value` in front, so that it has four. */
const fourAxes = (values: readonly number[], value: number): number[] => [
  ...Array<number>(4 - values.length).fill(value),
  ...values,
];

/** Slices of up to four axes. tfjs' kernel first copies the whole tensor. */
const slice = defineQuickKernel('Slice', (backend, { x }, { begin, size }) => {
  if (x!.dtype !== 'float32' || x!.shape.length > 4) return undefined;
  const [$begin, $size] = slice_util.parseSliceParams(x as Tensor, begin as number[], size as number[]);
  const result = backend.makeOutput($size, 'float32');
  const [, height, width, depth] = fourAxes(x!.shape, 1) as [number, number, number, number];
  const [n0, y0, x0, c0] = fourAxes($begin, 0) as [number, number, number, number];
  const [images, rows, columns, channels] = fourAxes($size, 1) as [number, number, number, number];
  const source = floats(backend, x!);
  const target = floats(backend, result);
  let to = 0;
  for (let n = 0; n < images; n++)
    for (let y = 0; y < rows; y++) {
      let from = (((n0 + n) * height + y0 + y) * width + x0) * depth + c0;
      for (let column = 0; column < columns; column++, from += depth, to += channels)
        copyRun(source, from, target, to, channels);
    }
  return result;
});

/** Concatenation along any axis, as columns of a table whose rows are the axes before it. */
const concat = defineQuickKernel('Concat', (backend, inputs, { axis }) => {
  const parts: TensorInfo[] = Object.values(inputs);
  const shapes = parts.map((part) => part.shape);
  if (parts.some((part) => part.dtype !== 'float32')) return undefined;
  const $axis = util.parseAxisParam(axis as number, shapes[0]!)[0]!;
  backend_util.assertParamsConsistent(shapes, $axis);
  const shape = backend_util.computeOutShape(shapes, $axis);
  const result = backend.makeOutput(shape, 'float32');
  const target = floats(backend, result);
  const width = sizeOf(shape.slice($axis));
  let offset = 0;
  for (const part of parts) {
    const source = floats(backend, part);
    const partWidth = sizeOf(part.shape.slice($axis));
    for (let from = 0, to = offset; from < source.length; from += partWidth, to += width)
      copyRun(source, from, target, to, partWidth);
    offset += partWidth;
  }
  return result;
});

export const shape = [identity, slice, concat];
