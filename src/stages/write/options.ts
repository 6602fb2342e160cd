import { z } from 'zod';

export const WriteOptions = z.strictObject({
  folder: z.string().describe('Folder to write to; made when missing, continued when it exists.'),
  format: z
    .enum(['source', 'png', 'webp', 'jpeg'])
    .default('source')
    .describe('`source` keeps the file extension of the source, as extract_subimages does.'),
  compression_level: z
    .number()
    .int()
    .min(0)
    .max(9)
    .default(3)
    .describe(
      'PNG compression: 0 stores, 1 to 3 are fast, 4 to 9 also search for repetitions, which takes 8 to 140 times as long and saves a few percent of photographs, more of drawings.',
    ),
});

export type WriteOptions = z.infer<typeof WriteOptions>;
