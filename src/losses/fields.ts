import { z } from 'zod';

export const lossWeight = z.number().nonnegative().default(1).describe('Factor of this loss in the total.');

export const reduction = z
  .enum(['mean', 'sum'])
  .default('mean')
  .describe('`mean` over all values of a batch, or their `sum`.');
