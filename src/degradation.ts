/**
 * `esrgan-stream/degradation`: what a plug-in and its test need, and nothing that is slow to load. Every worker
 * thread loads a plug-in for itself, and the whole library with it if the plug-in asks for that.
 */
export { z } from 'zod';
export { gaussianRow, type Kernel } from './degradations/blur/kernels.js';
export { contextOf } from './degradations/context-of.js';
export {
  type Degradation,
  type DegradationContext,
  type DegradationTarget,
  defineDegradation,
  type FloatImage,
  type Json,
  type SampleInfo,
  type Size,
} from './degradations/define.js';
export { filter2d, filterSeparable } from './degradations/filter2d.js';
export { fillNormal } from './degradations/normal.js';
export { loadDegradation } from './degradations/plugin.js';
export type { Primitives } from './degradations/primitives.js';
export { resample } from './degradations/resample.js';
export type { Filter } from './degradations/resample-taps.js';
export type { OptionsOf, OptionsSchema } from './degradations/standard-schema.js';
export { createRng, type Rng } from './random/rng.js';
