import { z } from 'zod';

/** Options of RRDBNet in BasicSR's words and with its defaults. */
export const RRDBNetOptions = z.strictObject({
  type: z.literal('RRDBNet'),
  num_in_ch: z.number().int().positive().default(3).describe('Channels of the input image.'),
  num_out_ch: z.number().int().positive().default(3).describe('Channels of the output image.'),
  scale: z
    .union([z.literal(1), z.literal(2), z.literal(4)])
    .default(4)
    .describe('How many times larger the output is; 2 and 1 first fold the input by 2 and 4 into channels.'),
  num_feat: z.number().int().positive().default(64).describe('Channels of the feature maps.'),
  num_block: z.number().int().positive().default(23).describe('Residual-in-residual dense blocks.'),
  num_grow_ch: z.number().int().positive().default(32).describe('Channels each dense convolution adds.'),
});

export type RRDBNetOptions = z.infer<typeof RRDBNetOptions>;
