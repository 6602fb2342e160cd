import { z } from 'zod';

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (typeof v === 'string' ? [v] : v));

export const SourceOptions = z
  .strictObject({
    images: oneOrMore
      .optional()
      .describe(
        'Folders, files or globs (fast-glob syntax), relative to the working folder or, when nothing is there, to the folder of this file. A folder means everything below it.',
      ),
    exclude: oneOrMore
      .optional()
      .describe('Globs of files to leave out, e.g. pictures held back for validation.'),
    meta_info: z
      .string()
      .optional()
      .describe('A meta_info text file (one path a line, relative to dataroot_gt) instead of `images`.'),
    dataroot_gt: z.string().optional().describe('Folder that the paths in meta_info are relative to.'),
    dataroot_lq: z
      .string()
      .optional()
      .describe(
        'Folder of the lq pictures, where pairs are given: each belongs to the gt of the same name, or stands behind it in a line of meta_info (gt, lq).',
      ),
    filename_tmpl: z
      .string()
      .includes('{}', { error: 'write {} where the name of the gt picture stands' })
      .default('{}')
      .describe('Name of an lq picture without its extension; {} is that of its gt, as in {}x4.'),
    background: z
      .union([
        z.literal('keep'),
        z.literal('drop'),
        z.string().regex(/^#[0-9a-fA-F]{6}$/, 'write a colour as #rrggbb, or keep, or drop'),
      ])
      .default('drop')
      .describe(
        'Alpha: `drop` discards it without blending, `#rrggbb` blends over that colour, `keep` keeps a fourth channel (write sink only).',
      ),
    limit_pixels: z
      .number()
      .int()
      .positive()
      .default(268_402_689)
      .describe('An image whose header promises more pixels is refused before memory is taken.'),
    threads: z
      .number()
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Images decoded at once (default: number of cores).'),
  })
  .refine((o) => (o.images === undefined) !== (o.meta_info === undefined), {
    message: 'give either images or meta_info',
  })
  .refine((o) => o.meta_info === undefined || o.dataroot_gt !== undefined, {
    message: 'meta_info needs dataroot_gt, the folder its paths are relative to',
    path: ['meta_info'],
  });

export type SourceOptions = z.infer<typeof SourceOptions>;
