import { createCharbonnierLoss } from './charbonnier/loss.js';
import { createL1Loss } from './l1/loss.js';
import { createMSELoss } from './mse/loss.js';
import type { PixelLossOptions } from './options.js';
import type { PixelLoss } from './types.js';

export { createGanLoss } from './gan/loss.js';
export { GanLossOptions, PerceptualLossOptions, PixelLossOptions } from './options.js';
export { createPerceptualLoss } from './perceptual/loss.js';
export type { FeatureExtractor, FeatureMaps, GanLoss, PerceptualLoss, PixelLoss } from './types.js';

/** A loss on pixels as its options describe it. */
export function createPixelLoss(options: PixelLossOptions): PixelLoss {
  switch (options.type) {
    case 'L1Loss':
      return createL1Loss(options);
    case 'MSELoss':
      return createMSELoss(options);
    case 'CharbonnierLoss':
      return createCharbonnierLoss(options);
  }
}
