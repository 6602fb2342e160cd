import { z } from 'zod';

export const WriteOptions = z.strictObject({
  folder: z.string().describe('Folder to write to; made when missing, continued when it exists.'),
  format: z
    .enum(['source', 'png', 'webp', 'jpeg'])
    .default('source')
    .describe('`source` keeps the file extension of the source, as extract_subimages does.'),
  compression_level: z.number().int().min(0).max(9).default(3).describe('PNG compression.'),
});

export type WriteOptions = z.infer<typeof WriteOptions>;
