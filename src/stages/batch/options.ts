import { z } from 'zod';

export const BatchOptions = z.strictObject({
  size: z.number().int().positive().default(12).describe('Pairs in a batch (batch_size_per_gpu).'),
  gt_size: z
    .number()
    .int()
    .positive()
    .default(256)
    .describe('Edge of the gt patch in pixels; lq is gt_size / scale.'),
  use_hflip: z.boolean().default(true).describe('Flip horizontally with probability 0.5.'),
  use_rot: z
    .boolean()
    .default(true)
    .describe('Flip vertically and turn by 90 degrees, each with probability 0.5.'),
  ahead: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(4)
    .describe('Finished batches that may wait for the trainer.'),
});

export type BatchOptions = z.infer<typeof BatchOptions>;
