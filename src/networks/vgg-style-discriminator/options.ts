import { z } from 'zod';

/** Options of VGGStyleDiscriminator in BasicSR's words and with its defaults. */
export const VGGStyleDiscriminatorOptions = z.strictObject({
  type: z.literal('VGGStyleDiscriminator'),
  num_in_ch: z.number().int().positive().default(3).describe('Channels of the image.'),
  num_feat: z.number().int().positive().default(64).describe('Channels of the first feature maps.'),
  input_size: z
    .union([z.literal(128), z.literal(256)])
    .default(128)
    .describe('Height and width of the images: those of gt_size.'),
});

export type VGGStyleDiscriminatorOptions = z.infer<typeof VGGStyleDiscriminatorOptions>;
