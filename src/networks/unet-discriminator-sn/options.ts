import { z } from 'zod';

/** Options of UNetDiscriminatorSN in BasicSR's words and with its defaults. */
export const UNetDiscriminatorSNOptions = z.strictObject({
  type: z.literal('UNetDiscriminatorSN'),
  num_in_ch: z.number().int().positive().default(3).describe('Channels of the image.'),
  num_feat: z.number().int().positive().default(64).describe('Channels of the first feature maps.'),
  skip_connection: z
    .boolean()
    .default(true)
    .describe('Add the feature maps of the way down to those of the same size on the way up.'),
});

export type UNetDiscriminatorSNOptions = z.infer<typeof UNetDiscriminatorSNOptions>;
