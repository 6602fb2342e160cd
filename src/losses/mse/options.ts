import { z } from 'zod';
import { lossWeight, reduction } from '../fields.js';

/** Options of BasicSR's MSELoss. */
export const MSELossOptions = z.strictObject({
  type: z.literal('MSELoss'),
  loss_weight: lossWeight,
  reduction,
});

export type MSELossOptions = z.infer<typeof MSELossOptions>;
