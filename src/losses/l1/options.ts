import { z } from 'zod';

/** Options of BasicSR's L1Loss. */
export const L1LossOptions = z.strictObject({
  type: z.literal('L1Loss'),
  loss_weight: z.number().nonnegative().default(1).describe('Factor of this loss in the total.'),
  reduction: z
    .enum(['mean', 'sum'])
    .default('mean')
    .describe('`mean` over all values of a batch, or their `sum`.'),
});

export type L1LossOptions = z.infer<typeof L1LossOptions>;
