import { z } from 'zod';

export const MetadataOptions = z.strictObject({
  provenance: z
    .string()
    .optional()
    .describe(
      'For every crop its id, source, source size, scale, window and seed: JSON Lines, or Parquet where the name ends in .parquet.',
    ),
  pairs: z
    .string()
    .optional()
    .describe(
      'For every training pair of every epoch the same, its place in the run and all that was drawn: JSON Lines, or Parquet where the name ends in .parquet.',
    ),
  meta_info: z
    .string()
    .optional()
    .describe('Text file in the form of BasicSR: one crop a line, `name (height,width,channels)`.'),
});

export type MetadataOptions = z.infer<typeof MetadataOptions>;
