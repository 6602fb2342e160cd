import * as tf from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];
type Paddings = [number, number][];
type Inputs = Record<string, tf.Tensor>;

/** Paddings of the image, where they are given in numbers; TensorFlow's kernels take only `same` and `valid`. */
const explicit = (pad: unknown): Paddings | undefined => (Array.isArray(pad) ? (pad as Paddings) : undefined);

/** A kernel that pads first: forward, and for the gradient of the filter. */
function padding(kernelName: string): tf.KernelConfig {
  const original = tf.getKernel(kernelName, 'tensorflow');
  return {
    ...original,
    kernelFunc: (args) => {
      const pads = explicit(args.attrs?.pad);
      if (!pads) return original.kernelFunc(args);
      const inputs = args.inputs as Inputs;
      const x = tf.pad(inputs.x!, pads);
      const result = original.kernelFunc({
        ...args,
        inputs: { ...inputs, x },
        attrs: { ...args.attrs, pad: 'valid' },
      });
      x.dispose();
      return result;
    },
  };
}

/** The gradient of a padded image, without its padding. */
function cropping(kernelName: string): tf.KernelConfig {
  const original = tf.getKernel(kernelName, 'tensorflow');
  return {
    ...original,
    kernelFunc: (args) => {
      const pads = explicit(args.attrs?.pad);
      if (!pads) return original.kernelFunc(args);
      const shape = args.attrs?.inputShape as Shape4D;
      const inputShape = shape.map((size, i) => size + pads[i]![0] + pads[i]![1]);
      const padded = original.kernelFunc({ ...args, attrs: { ...args.attrs, inputShape, pad: 'valid' } });
      const begin = pads.map(([before]) => before);
      const result = tf.slice(padded as tf.Tensor, begin, shape);
      (padded as tf.Tensor).dispose();
      return result;
    },
  };
}

/** Puts convolutions with any padding in the place of the package's, which must be loaded. */
export function registerKernels(): void {
  const kernels = [
    ...['Conv2D', 'FusedConv2D', 'Conv2DBackpropFilter'].map(padding),
    cropping('Conv2DBackpropInput'),
  ];
  for (const kernel of kernels) {
    tf.unregisterKernel(kernel.kernelName, 'tensorflow');
    tf.registerKernel(kernel);
  }
}
