import { z } from 'zod';

export const CropOptions = z.strictObject({
  size: z
    .number()
    .int()
    .positive()
    .default(400)
    .describe('Edge of a crop in pixels (crop_size of extract_subimages).'),
  step: z.number().int().positive().default(200).describe('Distance between neighbouring crops in pixels.'),
  threshold: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe(
      'A last crop flush with the border is added when more than this many pixels are left over (thresh_size).',
    ),
  too_small: z
    .enum(['report', 'pad', 'error'])
    .default('report')
    .describe('Images smaller than a crop: leave out and report, pad by reflection, or fail.'),
});

export type CropOptions = z.infer<typeof CropOptions>;
