import { z } from 'zod';
import { datasetKeys } from './degradation-options.js';

const folders = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (typeof v === 'string' ? [v] : v));

const Backend = z
  .strictObject({
    type: z
      .literal('disk')
      .describe(
        'Pictures are read from folders; the other backends of BasicSR are not needed for speed here.',
      ),
  })
  .default({ type: 'disk' });

/** Keys that every training set has. */
const common = {
  name: z.string().optional().describe('What the data are called; only for the reader of the file.'),
  io_backend: Backend.describe('How pictures are stored.'),
  use_hflip: z.boolean().default(true).describe('Flip horizontally with probability 0.5.'),
  use_rot: z
    .boolean()
    .default(false)
    .describe('Flip vertically and turn by 90 degrees, each with probability 0.5.'),
  batch_size_per_gpu: z.number().int().positive().default(12).describe('Pairs in a batch.'),
};

/** Photographs from which lq is made on the fly. */
export const RealESRGANDataset = z.strictObject({
  type: z.literal('RealESRGANDataset'),
  ...common,
  dataroot_gt: folders.describe(
    'Folder of photographs, or a list of folders. With meta_info: what its paths are relative to.',
  ),
  meta_info: z
    .string()
    .optional()
    .describe(
      'List of the pictures to use, one path a line. Without it every photograph below dataroot_gt is used, at several sizes and in overlapping crops.',
    ),
  ...datasetKeys,
});

export type RealESRGANDataset = z.infer<typeof RealESRGANDataset>;

const paired = {
  ...common,
  dataroot_gt: z.string().describe('Folder of the gt pictures.'),
  dataroot_lq: z.string().describe('Folder of the lq pictures, each 1 / scale of the size of its gt.'),
  filename_tmpl: z
    .string()
    .includes('{}', { error: 'write {} where the name of the gt picture stands' })
    .default('{}')
    .describe('Name of an lq picture without its extension; {} is the name of its gt.'),
  gt_size: z.number().int().positive().default(256).describe('Edge of the gt patch in pixels.'),
};

export const PairedDataset = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('RealESRGANPairedDataset'),
    ...paired,
    meta_info: z.string().optional().describe('List of the pairs: "gt, lq" in each line.'),
  }),
  z.strictObject({
    type: z.literal('PairedImageDataset'),
    ...paired,
    meta_info_file: z.string().optional().describe('List of the gt pictures, one path a line.'),
  }),
]);

export type PairedDataset = z.infer<typeof PairedDataset>;

/** `datasets.train`: which keys there are depends on `type`. */
export const TrainDataset = z.discriminatedUnion('type', [RealESRGANDataset, ...PairedDataset.options]);

export type TrainDataset = z.infer<typeof TrainDataset>;

/** `datasets.val` and `datasets.val_...`: pictures to measure the network on. */
export const ValDataset = z.strictObject({
  name: z.string().optional().describe('Name of the set in the log.'),
  type: z.enum(['PairedImageDataset', 'RealESRGANPairedDataset']).default('PairedImageDataset'),
  dataroot_gt: z.string().optional().describe('Folder of the gt pictures.'),
  dataroot_lq: z
    .string()
    .optional()
    .describe('Folder of their lq pictures. Without it lq is made from gt by bicubic reduction.'),
  filename_tmpl: z.literal('{}').default('{}').describe('lq pictures have the names of their gt.'),
  io_backend: Backend,
});

export type ValDataset = z.infer<typeof ValDataset>;
