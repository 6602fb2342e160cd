/** A degradation that works as it stands: grain that is strongest in the mid-tones. */
export const operatorText = (
  name: string,
): string => `import { defineDegradation, z } from 'esrgan-stream/degradation';

// What a pipeline file may write under \`with:\`. A wrong value is reported before anything runs.
const options = z
  .strictObject({
    strength: z
      .tuple([z.number().min(0).max(1), z.number().min(0).max(1)])
      .refine(([low, high]) => low <= high, 'write the smaller number first')
      .default([0.02, 0.08])
      .describe('Standard deviation of the grain in mid-tones, 1 being white; drawn from this range.'),
  })
  .describe('Grain as of film: strongest in mid-tones, none in black and white.');

export default defineDegradation({
  name: '${name.replaceAll('-', '_')}',
  options,

  // All chance happens here, once for every sample. What is returned must be plain JSON: it is written down, and
  // \`esrgan trace\` rebuilds the very pixels from it.
  sample(rng, { strength: [low, high] }) {
    return { strength: rng.uniform(low, high), seed: rng.seed() };
  },

  // The same image and parameters must give the same result wherever it runs, so nothing is drawn here except
  // from the seed. \`data\` holds all red values row by row, then green, then blue, as numbers from 0 to 1. Write
  // into it and return it, or return another image, e.g. one from ctx.image(width, height). ctx.simd has fast kernels
  // for whole images: filters, resizing, normal deviates, arithmetic.
  apply(image, { strength, seed }, ctx) {
    const { width, height, data } = image;
    const plane = width * height;
    const rng = ctx.rng(seed);
    for (let i = 0; i < plane; i++) {
      const grain = 4 * strength * rng.normal();
      for (let at = i; at < data.length; at += plane) {
        const value = Math.min(1, Math.max(0, data[at]));
        data[at] = value + grain * value * (1 - value);
      }
    }
    return image;
  },

  // How many pixels away a neighbour may lie and still change a result: none here, half the kernel for a blur.
  // Only so much around the window that is kept is then computed. Leave it out when unsure: that is always right.
  reach: () => 0,
});
`;
