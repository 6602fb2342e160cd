import type { KernelConfig } from '@tensorflow/tfjs-core';
import { blocked, inForm, nchw } from '../graph/forms.js';
import { type Graph, NCHWC } from '../graph/graph.js';
import { range } from '../graph/range.js';
import { commonForm, type Forms, Value } from '../graph/value.js';
import type { Shape } from '../node.js';
import { defineOperation } from './define.js';

type Shape4D = readonly [number, number, number, number];

interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Where, among `size` pixels, each of `enlarged` lies. */
function positions(size: number, enlarged: number, { alignCorners, halfPixelCenters }: Sampling): number[] {
  const corners = alignCorners && enlarged > 1;
  const scale = corners ? (size - 1) / (enlarged - 1) : size / enlarged;
  return range(enlarged).map((i) => (halfPixelCenters ? (i + 0.5) * scale - 0.5 : i * scale));
}

/** One row for each new pixel: the weights of the old ones. */
type Matrix = readonly (readonly number[])[];

function nearest(size: number, enlarged: number, sampling: Sampling): Matrix {
  return positions(size, enlarged, sampling).map((position) => {
    const at = sampling.halfPixelCenters ? position + 0.5 : position;
    const index = Math.min(size - 1, sampling.alignCorners ? Math.round(at) : Math.floor(at));
    return range(size).map((i) => (i === Math.max(0, index) ? 1 : 0));
  });
}

function linear(size: number, enlarged: number, sampling: Sampling): Matrix {
  return positions(size, enlarged, sampling).map((at) => {
    const position = Math.min(size - 1, Math.max(0, at));
    const low = Math.floor(position);
    const high = Math.min(size - 1, Math.ceil(position));
    const row = Array<number>(size).fill(0);
    row[low]! += 1 - (position - low);
    row[high]! += position - low;
    return row;
  });
}

const transposed = (matrix: Matrix): Matrix => matrix[0]!.map((_, i) => matrix.map((row) => row[i]!));

const named = (graph: Graph, matrix: Matrix): string =>
  graph.floats(Float32Array.from(matrix.flat()), [matrix.length, matrix[0]!.length]);

/** Applies a matrix to the columns and one to the rows of every channel. */
function resample(graph: Graph, x: Value, rows: Matrix, columns: Matrix, shape: Shape): Value {
  const across = graph.op('MatMul', [nchw(graph, x), named(graph, transposed(columns))]);
  const name = graph.op('MatMul', [named(graph, rows), across]);
  return new Value(shape, 'float32', { nchw: name });
}

/** The whole factor of an enlargement that only repeats pixels. */
function repeats(small: Shape4D, large: Shape4D, sampling: Sampling): number | undefined {
  const factor = large[1] / small[1];
  const plainly = !sampling.alignCorners && !sampling.halfPixelCenters;
  return plainly && Number.isInteger(factor) && large[2] === small[2] * factor ? factor : undefined;
}

function repeat(graph: Graph, x: Value, factor: number, shape: Shape): Value {
  const more = factor === 2 ? { repeated: x } : {};
  return new Value(shape, 'float32', () => repeatedForms(graph, x, factor), more);
}

function repeatedForms(graph: Graph, x: Value, factor: number): Forms {
  const form = commonForm([x]);
  if (form === 'blocked') {
    const scales = { scales: { ints: [1, 1, factor, factor] } };
    return { blocked: graph.op('Upsample', [blocked(graph, x)], scales, NCHWC) };
  }
  const scales = graph.floats(Float32Array.of(1, 1, factor, factor), [4]);
  const name = graph.op('Resize', [nchw(graph, x), '', scales], {
    mode: { string: 'nearest' },
    coordinate_transformation_mode: { string: 'asymmetric' },
    nearest_mode: { string: 'floor' },
  });
  return { nchw: name };
}

/** The sum of each block of pixels: the gradient of repeating them. */
function blockSum(graph: Graph, x: Value, block: number, shape: Shape): Value {
  if (block === 2 && x.more.squareSums) return x.more.squareSums(shape);
  const form: keyof Forms = commonForm([x]) === 'blocked' ? 'blocked' : 'nchw';
  const mean = graph.op(
    'AveragePool',
    [inForm(graph, x, form)],
    { kernel_shape: { ints: [block, block] }, strides: { ints: [block, block] } },
    form === 'blocked' ? NCHWC : '',
  );
  return new Value(shape, 'float32', { [form]: graph.op('Mul', [mean, graph.number(block * block)]) });
}

const enlarged = ([n, , , c]: Shape4D, size: unknown): Shape4D => {
  const [height, width] = size as [number, number];
  return [n, height, width, c];
};

function resize(kernelName: string, weights: typeof linear): KernelConfig {
  return defineOperation(kernelName, ['images'], ([images], attrs) => {
    const small = images!.shape as unknown as Shape4D;
    const large = enlarged(small, attrs.size);
    const sampling = attrs as unknown as Sampling;
    const factor = weights === nearest ? repeats(small, large, sampling) : undefined;
    return {
      shape: large,
      dtype: 'float32',
      lower: (graph, [x], { shape }) =>
        factor
          ? repeat(graph, x!, factor, shape)
          : resample(
              graph,
              x!,
              weights(small[1], large[1], sampling),
              weights(small[2], large[2], sampling),
              shape,
            ),
    };
  });
}

function resizeGradient(kernelName: string, weights: typeof linear): KernelConfig {
  return defineOperation(kernelName, ['dy', 'images'], ([dy, images], attrs) => {
    const small = images!.shape as unknown as Shape4D;
    const large = dy!.shape as unknown as Shape4D;
    const sampling = attrs as unknown as Sampling;
    const factor = weights === nearest ? repeats(small, large, sampling) : undefined;
    return {
      shape: small,
      lower: (graph, [gradient], { shape }) =>
        factor
          ? blockSum(graph, gradient!, factor, shape)
          : resample(
              graph,
              gradient!,
              transposed(weights(small[1], large[1], sampling)),
              transposed(weights(small[2], large[2], sampling)),
              shape,
            ),
    };
  });
}

const blockSumKernel = defineOperation('BlockSum', ['x'], ([x], { blockSize }) => {
  const [n, h, w, c] = x!.shape as [number, number, number, number];
  const block = blockSize as number;
  return {
    shape: [n, h / block, w / block, c],
    lower: (graph, [value], { shape }) => blockSum(graph, value!, block, shape),
  };
});

const depthToSpace = defineOperation('DepthToSpace', ['x'], ([x], { blockSize, dataFormat }) => {
  if (dataFormat !== 'NHWC') throw new Error(`The onnxruntime engine has no DepthToSpace for ${dataFormat}.`);
  const [n, h, w, c] = x!.shape as [number, number, number, number];
  const block = blockSize as number;
  return {
    shape: [n, h * block, w * block, c / (block * block)],
    lower: (graph, [value], { shape, dtype }) =>
      new Value(shape, dtype, {
        nchw: graph.op('DepthToSpace', [nchw(graph, value!)], { blocksize: { int: block } }),
      }),
  };
});

const spaceToDepth = defineOperation('SpaceToDepth', ['x'], ([x], { blockSize }) => {
  const [n, h, w, c] = x!.shape as [number, number, number, number];
  const block = blockSize as number;
  return {
    shape: [n, h / block, w / block, c * block * block],
    lower: (graph, [value], { shape, dtype }) =>
      new Value(shape, dtype, {
        nchw: graph.op('SpaceToDepth', [nchw(graph, value!)], { blocksize: { int: block } }),
      }),
  };
});

export const resamplers = [
  resize('ResizeNearestNeighbor', nearest),
  resize('ResizeBilinear', linear),
  resizeGradient('ResizeNearestNeighborGrad', nearest),
  resizeGradient('ResizeBilinearGrad', linear),
  blockSumKernel,
  depthToSpace,
  spaceToDepth,
];
