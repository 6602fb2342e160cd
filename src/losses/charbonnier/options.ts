import { z } from 'zod';
import { lossWeight, reduction } from '../fields.js';

/** Options of BasicSR's CharbonnierLoss. */
export const CharbonnierLossOptions = z.strictObject({
  type: z.literal('CharbonnierLoss'),
  loss_weight: lossWeight,
  reduction,
  eps: z
    .number()
    .positive()
    .default(1e-12)
    .describe('Added under the root; its root is how small a difference still counts as one.'),
});

export type CharbonnierLossOptions = z.infer<typeof CharbonnierLossOptions>;
