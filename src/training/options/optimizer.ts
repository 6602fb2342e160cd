import { z } from 'zod';

/** `optim_g` and `optim_d` of an options file. */
export const OptimizerOptions = z.strictObject({
  type: z
    .enum(['Adam', 'AdamW'])
    .default('Adam')
    .describe('Adam adds weight_decay to the gradient; AdamW shrinks the weights by it directly.'),
  lr: z.number().positive().default(2e-4).describe('Learning rate at the start (after warm-up).'),
  weight_decay: z.number().min(0).default(0).describe('Pull of the weights towards zero.'),
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .default([0.9, 0.99])
    .describe('How much of the running mean of gradients, and of their squares, is kept in each step.'),
});

export type OptimizerOptions = z.infer<typeof OptimizerOptions>;
