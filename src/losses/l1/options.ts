import { z } from 'zod';
import { lossWeight, reduction } from '../fields.js';

/** Options of BasicSR's L1Loss. */
export const L1LossOptions = z.strictObject({
  type: z.literal('L1Loss'),
  loss_weight: lossWeight,
  reduction,
});

export type L1LossOptions = z.infer<typeof L1LossOptions>;
