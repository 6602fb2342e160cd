import { type KernelConfig, registerKernel } from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { binaries } from './binary.js';
import { constants } from './constants.js';
import { convolutions } from './conv.js';
import { matrices } from './matmul.js';
import { batchNorm } from './norm.js';
import { parts } from './parts.js';
import { pools } from './pool.js';
import { reductions } from './reduce.js';
import { resamplers } from './resample.js';
import { shapes } from './shape.js';
import { unaries } from './unary.js';

const kernels: readonly KernelConfig[] = [
  ...unaries,
  ...binaries,
  ...activations,
  ...reductions,
  ...parts,
  ...shapes,
  ...constants,
  ...convolutions,
  ...matrices,
  ...pools,
  ...resamplers,
  ...batchNorm,
];

/** Makes the engine's operations known to tfjs. */
export function registerKernels(): void {
  for (const kernel of kernels) registerKernel(kernel);
}
