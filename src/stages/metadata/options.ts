import { z } from 'zod';

export const MetadataOptions = z.strictObject({
  provenance: z
    .string()
    .optional()
    .describe('JSON Lines file: for every crop its id, source, source size, scale, window and seed.'),
  meta_info: z
    .string()
    .optional()
    .describe('Text file in the form of BasicSR: one crop a line, `name (height,width,channels)`.'),
});

export type MetadataOptions = z.infer<typeof MetadataOptions>;
