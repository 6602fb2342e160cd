import * as tf from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];
type Paddings = [number, number][];
type Arguments = Parameters<tf.KernelFunc>[0];
type Run = (args: Arguments) => tf.Tensor;
type Wrapper = (args: Arguments, run: Run) => tf.Tensor;

/** Paddings of the image, where they are given in numbers; TensorFlow's kernels take only `same` and `valid`. */
const explicit = ({ attrs }: Arguments): Paddings | undefined => {
  const pad: unknown = attrs?.pad;
  return Array.isArray(pad) ? (pad as Paddings) : undefined;
};

/** The image is padded first: forward, and for the gradient of the filter. */
const padding: Wrapper = (args, run) => {
  const pads = explicit(args);
  if (!pads) return run(args);
  const x = tf.pad(args.inputs.x as tf.Tensor, pads);
  const result = run({ ...args, inputs: { ...args.inputs, x }, attrs: { ...args.attrs, pad: 'valid' } });
  x.dispose();
  return result;
};

/** The gradient of a padded image, without its padding. */
const cropping: Wrapper = (args, run) => {
  const pads = explicit(args);
  if (!pads) return run(args);
  const shape = args.attrs?.inputShape as Shape4D;
  const inputShape = shape.map((size, i) => size + pads[i]![0] + pads[i]![1]);
  const padded = run({ ...args, attrs: { ...args.attrs, inputShape, pad: 'valid' } });
  const begin = pads.map(([before]) => before);
  const result = tf.slice(padded, begin, shape);
  padded.dispose();
  return result;
};

/** TensorFlow 2.21 on the CPU is wrong where columns have a larger stride than rows: rows and columns change places. */
const turning: Wrapper = (args, run) => {
  const [down, across] = [args.attrs?.strides].flat() as number[];
  if (across === undefined || down! >= across) return run(args);
  const x = tf.transpose(args.inputs.x as tf.Tensor, [0, 2, 1, 3]);
  const filter = tf.transpose(args.inputs.filter as tf.Tensor, [1, 0, 2, 3]);
  const attrs = { ...args.attrs, strides: [across, down!] };
  const turned = run({ ...args, inputs: { ...args.inputs, x, filter }, attrs });
  const result = tf.transpose(turned, [0, 2, 1, 3]);
  tf.dispose([x, filter, turned]);
  return result;
};

function wrapped(kernelName: string, wrappers: readonly Wrapper[]): tf.KernelConfig {
  const original = tf.getKernel(kernelName, 'tensorflow');
  const run = wrappers.reduceRight<Run>(
    (inner, wrapper) => (args) => wrapper(args, inner),
    (args) => original.kernelFunc(args) as tf.Tensor,
  );
  return { ...original, kernelFunc: run };
}

/** Puts convolutions with any padding and strides in the place of the package's, which must be loaded. */
export function registerKernels(): void {
  const kernels = [
    wrapped('Conv2D', [padding, turning]),
    wrapped('FusedConv2D', [padding, turning]),
    wrapped('Conv2DBackpropFilter', [padding]),
    wrapped('Conv2DBackpropInput', [cropping]),
  ];
  for (const kernel of kernels) {
    tf.unregisterKernel(kernel.kernelName, 'tensorflow');
    tf.registerKernel(kernel);
  }
}
