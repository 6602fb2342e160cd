import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { cast } from './cast.js';
import { conv } from './conv.js';
import { convFilterGradient } from './conv-filter-gradient.js';
import { convInputGradient } from './conv-input-gradient.js';
import { maxPoolGradient } from './pool.js';
import { reduce } from './reduce.js';
import { resample } from './resample.js';
import { shape } from './shape.js';

const kernels: readonly KernelConfig[] = [
  ...conv,
  cast,
  convInputGradient,
  convFilterGradient,
  ...activations,
  maxPoolGradient,
  ...reduce,
  ...resample,
  ...shape,
];

let registered = false;

/** Puts this engine's kernels beside, and in the place of, those of tfjs-backend-wasm, which must be loaded. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const kernel of kernels) {
    if (getKernel(kernel.kernelName, 'wasm')) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
}
