import { z } from 'zod';
import { bytes } from '../../config/units.js';

export const ShuffleOptions = z.strictObject({
  memory: bytes
    .default(512 * 2 ** 20)
    .describe('Bytes of decoded images that may lie open at once; more means a better mixture.'),
});

export type ShuffleOptions = z.infer<typeof ShuffleOptions>;
