import { z } from 'zod';
import { defineDegradation } from '../define.js';
import { range } from '../range.js';
import { throughCodec } from '../round-trip.js';
import { drawWord, words } from '../words.js';

const subsamplings = ['4:4:4', '4:2:0'] as const;

const options = z
  .strictObject({
    quality: range(z.number().int().min(1).max(100)).default([30, 90]).describe('Quality of the encoder.'),
    subsampling: words(subsamplings).prefault({ '4:2:0': 1 }).describe('Resolution of the chroma.'),
    effort: z
      .number()
      .int()
      .min(0)
      .max(9)
      .default(0)
      .describe(
        'How long the encoder looks for a better coding. On one core a picture of 64 x 64 takes 3 ms with 0, 4 to 6 with 2, 7 to 25 with 4; one of 256 x 256 10 to 25, 30 to 75 and 100 to 540.',
      ),
  })
  .describe('Compress as AVIF (AV1) and decode again.');

type Params = {
  readonly quality: number;
  readonly subsampling: (typeof subsamplings)[number];
  readonly effort: number;
};

/** A round trip through libaom: rounded to 8 bits, encoded as a single AV1 frame, decoded. */
export const avif = defineDegradation({
  name: 'avif',
  options,
  sample: (rng, { quality, subsampling, effort }): Params => ({
    quality: rng.int(...quality),
    subsampling: drawWord(rng, subsampling),
    effort,
  }),
  apply: (image, { quality, subsampling, effort }: Params) =>
    throughCodec(image, (raw) => raw.avif({ quality, effort, chromaSubsampling: subsampling })),
  // Blocks of up to 64 x 64 predict their neighbours; what comes from further away is not seen.
  reach: () => 64,
});
