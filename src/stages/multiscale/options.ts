import { z } from 'zod';

export const MultiscaleOptions = z.strictObject({
  scales: z
    .array(z.number().gt(0).lt(1))
    .default([0.75, 0.5, 1 / 3])
    .describe(
      'Factors of the smaller copies T0, T1, T2 ...; sizes are truncated as in generate_multiscale_DF2K.',
    ),
  shortest_edge: z
    .union([z.number().int().positive(), z.literal(false)])
    .default(400)
    .describe('One more copy whose shorter edge has this length in pixels; false for none.'),
  hr: z.boolean().default(true).describe('Use the source itself too.'),
  upscale: z
    .boolean()
    .default(false)
    .describe(
      'Make the shortest_edge copy also where the source is smaller than that, as the original script does.',
    ),
  resampler: z
    .enum(['lanczos', 'vips', 'pillow'])
    .default('lanczos')
    .describe(
      '`lanczos` is the fastest; `pillow` gives the bytes of the original script; `vips` leaves it to libvips.',
    ),
});

export type MultiscaleOptions = z.infer<typeof MultiscaleOptions>;
