import { z } from 'zod';
import { bytes } from '../units.js';

const compression_level = z
  .number()
  .int()
  .min(0)
  .max(9)
  .default(3)
  .describe('PNG compression, as for `folder`.');

const epochs = z
  .number()
  .int()
  .positive()
  .optional()
  .describe(
    'Times to go through all crops, each time with other draws (default: epochs of the pipeline, else once).',
  );

/** `out/{000000..}.tar`: a folder, and a file name with one number that counts up. */
const tarPattern = /^((?:.*\/)?)([^/{}]*)\{(0+)\.\.\}([^/{}]*\.tar)$/;

export const WebdatasetOptions = z.strictObject({
  webdataset: z
    .string()
    .regex(tarPattern, 'write a path such as out/{000000..}.tar')
    .describe('Tars to write, in the convention of webdataset: a path such as out/{000000..}.tar.'),
  content: z
    .enum(['pairs', 'crops'])
    .default('pairs')
    .describe('`pairs` holds gt and lq of every sample, `crops` gt only (no stage degrade).'),
  max_samples: z.number().int().positive().default(10_000).describe('Most samples of a tar.'),
  max_bytes: bytes
    .default(2 ** 30)
    .describe(
      'Most bytes of a tar, reckoned from its pixels before they are encoded, so that it is known beforehand which sample belongs where; tars of encoded pictures are smaller.',
    ),
  encode: z
    .enum(['png', 'webp', 'jpeg', 'raw'])
    .default('png')
    .describe('Form of the pictures; webp is lossless, raw is a NumPy array (.npy, uint8, HWC, RGB).'),
  compression_level,
  epochs,
});

export type WebdatasetOptions = z.infer<typeof WebdatasetOptions>;

export const PairsOptions = z.strictObject({
  pairs: z
    .strictObject({
      gt: z.string().describe('Folder of the gt pictures.'),
      lq: z.string().describe('Folder of the lq pictures, each of the name of its gt.'),
      meta_info: z
        .string()
        .optional()
        .describe('Text file with one line `gt, lq` a pair, relative to the two folders.'),
    })
    .describe('Two folders of pictures that belong together, for trainers that read such.'),
  encode: z
    .enum(['png', 'webp', 'jpeg'])
    .default('png')
    .describe('Format of the pictures; webp is lossless.'),
  compression_level,
  epochs,
});

export type PairsOptions = z.infer<typeof PairsOptions>;

/** The folder and the name of tar number `index` of a pattern. */
export function tarName(pattern: string, index: number): { readonly folder: string; readonly name: string } {
  const [, folder, before, digits, after] = tarPattern.exec(pattern) as RegExpExecArray;
  return { folder: folder || '.', name: before + String(index).padStart(digits.length, '0') + after };
}
