import { z } from 'zod';
import { defineDegradation } from '../define.js';
import { range } from '../range.js';
import { throughCodec } from '../round-trip.js';

const options = z
  .strictObject({
    quality: range(z.number().int().min(1).max(100)).default([30, 95]).describe('Quality factor of libwebp.'),
  })
  .describe('Compress as lossy WebP and decode again.');

type Params = { readonly quality: number };

/** A round trip through libwebp (lossy, its default method 4): rounded to 8 bits, encoded, decoded. */
export const webp = defineDegradation({
  name: 'webp',
  options,
  sample: (rng, { quality }): Params => ({ quality: rng.int(...quality) }),
  apply: (image, { quality }: Params) => throughCodec(image, (raw) => raw.webp({ quality })),
  // Blocks of 16 x 16 predict their neighbours; what comes from further away is not seen.
  reach: () => 32,
});
