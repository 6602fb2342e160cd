import { z } from 'zod';

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (typeof v === 'string' ? [v] : v));

/** One entry of `val.metrics`. */
export const MetricOptions = z.strictObject({
  type: z
    .enum(['calculate_psnr', 'calculate_ssim'])
    .describe('calculate_psnr (dB) or calculate_ssim (1 for equal pictures), as BasicSR computes them.'),
  crop_border: z.number().int().min(0).default(0).describe('Pixels left out at each border.'),
  test_y_channel: z
    .boolean()
    .default(false)
    .describe('Measure on the brightness (Y of BT.601) instead of on RGB.'),
  better: z
    .enum(['higher', 'lower'])
    .default('higher')
    .describe('Which values are the better ones; decides what is kept as the best checkpoint.'),
});

export type MetricOptions = z.infer<typeof MetricOptions>;

/** `val` of an options file, together with the folders of `datasets.val`. */
export const ValidationOptions = z
  .strictObject({
    images: oneOrMore
      .default([])
      .describe(
        'Photographs held back from training: files or globs. Without dataroot_lq, lq is made from them (bicubic).',
      ),
    dataroot_gt: z.string().optional().describe('Folder of held-back photographs, instead of images.'),
    dataroot_lq: z
      .string()
      .optional()
      .describe(
        'Folder with the small pictures that belong to images and to those of dataroot_gt, by the same names.',
      ),
    val_freq: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('Validate every so many iterations; always at the end.'),
    save_img: z
      .boolean()
      .default(true)
      .describe(
        'Write a picture a photograph, LQ, bicubic, network and GT side by side, and what the network made of it.',
      ),
    metrics: z
      .record(z.string(), MetricOptions)
      .default({})
      .describe('What to measure besides PSNR on RGB, by the name to show it under.'),
  })
  .refine((v) => v.images.length > 0 || v.dataroot_gt !== undefined, {
    message: 'name the photographs: give images or dataroot_gt',
    path: ['images'],
  });

export type ValidationOptions = z.infer<typeof ValidationOptions>;
