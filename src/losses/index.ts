import { tidy } from '@tensorflow/tfjs-core';
import { charbonnier } from './charbonnier/loss.js';
import { l1 } from './l1/loss.js';
import { mse } from './mse/loss.js';
import type { PixelLossOptions } from './options.js';
import { reduced, reducedEach } from './reduce.js';
import type { PixelLoss, PixelValues, SampleLoss } from './types.js';

export { createGanLoss } from './gan/loss.js';
export { GanLossOptions, PerceptualLossOptions, PixelLossOptions } from './options.js';
export { createPerceptualLoss } from './perceptual/loss.js';
export type {
  FeatureExtractor,
  FeatureMaps,
  GanLoss,
  PerceptualLoss,
  PixelLoss,
  SampleLoss,
} from './types.js';

/** A loss on pixels as its options describe it. */
export function createPixelLoss(options: PixelLossOptions): PixelLoss {
  const values = valuesOf(options);
  return (sr, gt) => tidy(() => reduced(values(sr, gt), options));
}

/** What the same loss says of each sample. */
export function createSampleLoss(options: PixelLossOptions): SampleLoss {
  const values = valuesOf(options);
  return (sr, gt) => tidy(() => reducedEach(values(sr, gt), options));
}

function valuesOf(options: PixelLossOptions): PixelValues {
  switch (options.type) {
    case 'L1Loss':
      return l1;
    case 'MSELoss':
      return mse;
    case 'CharbonnierLoss':
      return charbonnier(options);
  }
}
