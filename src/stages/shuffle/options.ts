import { z } from 'zod';
import { bytes } from '../units.js';

export const ShuffleOptions = z.strictObject({
  memory: bytes
    .optional()
    .describe(
      'Bytes of decoded images that may lie open at once; more means a better mixture. Default: the memory of the pipeline.',
    ),
});

export type ShuffleOptions = z.infer<typeof ShuffleOptions>;
