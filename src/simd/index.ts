export { resampleImage } from './image.js';
export { createResampler, type OneOrMore, type Resampler, type Scratch, scratchBytes } from './resampler.js';
export { resampleScalar } from './scalar.js';
export type { Image, Mode, Size, SourcePlane, TargetPlane } from './types.js';
export { createUnfilter, type Unfilter, unfilterRoom } from './unfilter.js';
