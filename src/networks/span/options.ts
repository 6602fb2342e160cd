import { z } from 'zod';

/** Options of SPAN in the words of its authors' code and with its defaults. */
export const SPANOptions = z
  .strictObject({
    type: z.literal('SPAN'),
    num_in_ch: z.number().int().positive().default(3).describe('Channels of the input image.'),
    num_out_ch: z.number().int().positive().default(3).describe('Channels of the output image.'),
    feature_channels: z.number().int().positive().default(48).describe('Channels of the feature maps.'),
    upscale: z.number().int().positive().default(4).describe('How many times larger the output is.'),
    img_range: z
      .number()
      .positive()
      .default(255)
      .describe('Factor of the input after its mean was taken off.'),
    rgb_mean: z
      .array(z.number())
      .default([0.4488, 0.4371, 0.404])
      .describe('Taken off the input, channel by channel.'),
  })
  .refine((o) => o.rgb_mean.length === o.num_in_ch, {
    path: ['rgb_mean'],
    message: 'needs one number for each channel of the input',
  });

export type SPANOptions = z.infer<typeof SPANOptions>;
