import { z } from 'zod';

/** Options of MSRResNet in BasicSR's words and with its defaults. */
export const MSRResNetOptions = z
  .strictObject({
    type: z.literal('MSRResNet'),
    num_in_ch: z.number().int().positive().default(3).describe('Channels of the input image.'),
    num_out_ch: z.number().int().positive().default(3).describe('Channels of the output image.'),
    num_feat: z.number().int().positive().default(64).describe('Channels of the feature maps.'),
    num_block: z.number().int().nonnegative().default(16).describe('Residual blocks.'),
    upscale: z
      .union([z.literal(2), z.literal(3), z.literal(4)])
      .default(4)
      .describe('How many times larger the output is.'),
  })
  .refine((o) => o.num_in_ch === o.num_out_ch, {
    path: ['num_out_ch'],
    message: 'must equal num_in_ch: the enlarged input is added to the output',
  });

export type MSRResNetOptions = z.infer<typeof MSRResNetOptions>;
