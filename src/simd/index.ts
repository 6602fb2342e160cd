export { resampleImage } from './image.js';
export { createResampler, type Resampler, type Scratch } from './resampler.js';
export { resampleScalar } from './scalar.js';
export type { Image, Mode, Size, SourcePlane, TargetPlane } from './types.js';
