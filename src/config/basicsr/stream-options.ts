import { z } from 'zod';
import { CropOptions } from '../../stages/crop/options.js';
import { MetadataOptions } from '../../stages/metadata/options.js';
import { MultiscaleOptions } from '../../stages/multiscale/options.js';
import { bytes } from '../../stages/units.js';

const { size, step, threshold, too_small } = CropOptions.shape;

/** What is not given depends on the patch and on where the pictures come from. */
const Crop = z.strictObject({
  size: size.unwrap().optional().describe('Edge of a crop in pixels (default: 400, or gt_size if larger).'),
  step: step.unwrap().optional().describe('Distance between neighbouring crops (default: half of that).'),
  threshold: threshold
    .unwrap()
    .optional()
    .describe('Rest at the border that is worth a last crop (default: 0).'),
  too_small: too_small
    .unwrap()
    .optional()
    .describe('Pictures smaller than a crop (default: report; pad with meta_info).'),
});

/** What only the stream has: an addition to the words of BasicSR, which passes over it. */
export const StreamOptions = z.strictObject({
  memory: bytes.optional().describe('Budget of decoded images, e.g. 2GiB (default: 512MiB).'),
  workers: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Threads that degrade (default: number of cores).'),
  exclude: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('Globs of pictures to leave out, e.g. those of a validation set.'),
  multiscale: z
    .union([z.literal(false), MultiscaleOptions])
    .optional()
    .describe(
      'Sizes at which photographs are used (default without meta_info: those of the stage multiscale); false for one.',
    ),
  crop: Crop.optional().describe('Overlapping crops.'),
  mode: z
    .enum(['sample', 'reference'])
    .default('sample')
    .describe(
      'sample: every pair draws its own numbers. reference: as the original program, which draws much for a whole batch and mixes pairs in a pool (only with the published numbers; for comparisons).',
    ),
  metadata: MetadataOptions.optional().describe('Write where every crop comes from.'),
});
