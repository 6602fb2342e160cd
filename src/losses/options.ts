import { z } from 'zod';
import { CharbonnierLossOptions } from './charbonnier/options.js';
import { L1LossOptions } from './l1/options.js';
import { MSELossOptions } from './mse/options.js';

export { GanLossOptions } from './gan/options.js';
export { PerceptualLossOptions } from './perceptual/options.js';

/** `pixel_opt` of an options file. Free of tfjs, so that checking options stays quick. */
export const PixelLossOptions = z.discriminatedUnion('type', [
  L1LossOptions,
  MSELossOptions,
  CharbonnierLossOptions,
]);

export type PixelLossOptions = z.infer<typeof PixelLossOptions>;
