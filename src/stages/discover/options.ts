import { z } from 'zod';
import { RemoteOptions } from './remote-options.js';

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (typeof v === 'string' ? [v] : v));

export const SourceOptions = z
  .strictObject({
    images: oneOrMore
      .optional()
      .describe(
        'Folders, files or globs (fast-glob syntax), relative to the working folder or, when nothing is there, to the folder of this file. A folder means everything below it. Also addresses: https://host/photo.png, s3://bucket/prefix.',
      ),
    tars: oneOrMore
      .optional()
      .describe(
        'Tars whose members are the photographs (webdataset) in place of `images`: files, folders, globs, or addresses (https://host/train-{000..012}.tar, s3://bucket/prefix). Nothing is unpacked.',
      ),
    exclude: oneOrMore
      .optional()
      .describe(
        'Globs of files to leave out, e.g. pictures held back for validation; or the beginning of an address, or of a name in a tar (photos.tar!/name).',
      ),
    meta_info: z
      .string()
      .optional()
      .describe(
        'A meta_info text file (one path a line, relative to dataroot_gt) instead of `images`; it may lie on a server itself.',
      ),
    dataroot_gt: z
      .string()
      .optional()
      .describe(
        'Folder that the paths in meta_info are relative to, or an address: https://host/photos, s3://bucket/prefix.',
      ),
    dataroot_lq: z
      .string()
      .optional()
      .describe(
        'Folder of the lq pictures, where pairs are given: each belongs to the gt of the same name, or stands behind it in a line of meta_info (gt, lq). May be an address.',
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
    remote: RemoteOptions.optional().describe('How addresses (http, https, s3) are read.'),
  })
  .refine((o) => [o.images, o.tars, o.meta_info].filter((given) => given !== undefined).length === 1, {
    message: 'give either images, tars or meta_info',
  })
  .refine((o) => o.tars === undefined || o.dataroot_lq === undefined, {
    message: 'pictures in tars have no lq beside them: name their folder with images or meta_info',
    path: ['dataroot_lq'],
  })
  .refine((o) => o.meta_info === undefined || o.dataroot_gt !== undefined, {
    message: 'meta_info needs dataroot_gt, the folder its paths are relative to',
    path: ['meta_info'],
  });

export type SourceOptions = z.infer<typeof SourceOptions>;
