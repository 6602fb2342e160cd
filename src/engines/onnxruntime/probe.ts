import * as ort from 'onnxruntime-node';
import { encodeModel, type OnnxNode } from '../../formats/onnx/model.js';
import { NCHWC } from './graph/graph.js';

const CHANNELS = 16;
const AREA = 5 * 5;
/** Sums of 144 products below 1/4; some cards compute with fewer digits. */
const TOLERANCE = 1e-3;

const numbers = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 37) % 23) / 23 - 0.5);

async function run(
  nodes: readonly OnnxNode[],
  weights: Float32Array,
  executionProviders: readonly string[] = ['cpu'],
): Promise<Float32Array> {
  const image = [1, CHANNELS, 5, 5];
  const kernel = [CHANNELS, CHANNELS, 3, 3];
  const model = encodeModel({
    nodes,
    inputs: [
      { name: 'x', type: 'float32', shape: image },
      { name: 'w', type: 'float32', shape: kernel },
    ],
    outputs: [{ name: 'y', type: 'float32', shape: image }],
    opsets: { '': 20, [NCHWC]: 1 },
  });
  const session = await ort.InferenceSession.create(model, {
    executionProviders,
    graphOptimizationLevel: 'basic',
    logSeverityLevel: 4,
  });
  try {
    const x = new ort.Tensor('float32', numbers(CHANNELS * AREA), image);
    const { y } = await session.run({ x, w: new ort.Tensor('float32', weights, kernel) });
    return y!.data as Float32Array;
  } finally {
    await session.release();
  }
}

const padding = { pads: { ints: [1, 1, 1, 1] }, kernel_shape: { ints: [3, 3] } };

const plainly = (executionProviders?: readonly string[]): Promise<Float32Array> =>
  run(
    [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'], attributes: padding }],
    numbers(CHANNELS * CHANNELS * 9),
    executionProviders,
  );

/**
 * Computes a small convolution on a device and on the processor.
 * @throws Error when there is no such device, or it is wrong
 */
export async function checkDevice(execution: string): Promise<void> {
  const [found, wanted] = [await plainly([execution]), await plainly()];
  if (!agree(found, wanted)) throw new Error('a convolution computed there is wrong');
}

function inBlocks(block: number): Promise<Float32Array> {
  const weights = numbers(CHANNELS * CHANNELS * 9);
  const moved = new Float32Array(weights.length);
  const blocks = CHANNELS / block;
  let to = 0;
  for (let ob = 0; ob < blocks; ob++)
    for (let ib = 0; ib < blocks; ib++)
      for (let tap = 0; tap < 9; tap++)
        for (let i = 0; i < block; i++)
          for (let o = 0; o < block; o++)
            moved[to++] = weights[((ob * block + o) * CHANNELS + ib * block + i) * 9 + tap]!;
  return run(
    [
      { op: 'ReorderInput', domain: NCHWC, inputs: ['x'], outputs: ['a'] },
      {
        op: 'Conv',
        domain: NCHWC,
        inputs: ['a', 'w'],
        outputs: ['b'],
        attributes: { ...padding, strides: { ints: [1, 1] }, dilations: { ints: [1, 1] }, group: { int: 1 } },
      },
      {
        op: 'ReorderOutput',
        domain: NCHWC,
        inputs: ['b'],
        outputs: ['y'],
        attributes: { channels: { int: CHANNELS } },
      },
    ],
    moved,
  );
}

function agree(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < TOLERANCE);
}

/**
 * How many channels onnxruntime's blocked kernels hold side by side on this processor: 16 with AVX-512, 8
 * with AVX2 and on ARM, `undefined` where there are none. A small convolution tells: with any other number
 * its result is wrong.
 */
export async function findBlock(): Promise<number | undefined> {
  const wanted = await plainly();
  for (const block of [16, 8, 4]) {
    const found = await inBlocks(block).catch(() => undefined);
    if (found && agree(found, wanted)) return block;
  }
  return undefined;
}
