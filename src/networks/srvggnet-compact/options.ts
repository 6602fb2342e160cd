import { z } from 'zod';

/** Options of SRVGGNetCompact in BasicSR's words and with its defaults. */
export const SRVGGNetCompactOptions = z
  .strictObject({
    type: z.literal('SRVGGNetCompact'),
    num_in_ch: z.number().int().positive().default(3).describe('Channels of the input image.'),
    num_out_ch: z.number().int().positive().default(3).describe('Channels of the output image.'),
    num_feat: z.number().int().positive().default(64).describe('Channels of the feature maps.'),
    num_conv: z
      .number()
      .int()
      .nonnegative()
      .default(16)
      .describe('Convolutions between the first and the last.'),
    upscale: z.number().int().positive().default(4).describe('How many times larger the output is.'),
    act_type: z
      .enum(['prelu', 'relu', 'leakyrelu'])
      .default('prelu')
      .describe('Activation; leakyrelu has slope 0.1.'),
  })
  .refine((o) => o.num_in_ch === o.num_out_ch, {
    path: ['num_out_ch'],
    message: 'must equal num_in_ch: the enlarged input is added to the output',
  });

export type SRVGGNetCompactOptions = z.infer<typeof SRVGGNetCompactOptions>;
