import { z } from 'zod';
import { originalFamilies as families } from '../../degradations/blur/options.js';
import { probability, range } from '../../degradations/range.js';

/** The numbers of the published files: what is left out has these values. */
const published = {
  kernel_prob: [0.45, 0.25, 0.12, 0.03, 0.12, 0.03],
  sinc_prob: 0.1,
  first: { sigma: [0.2, 3], resize: [0.2, 0.7, 0.1], range: [0.15, 1.5], noise: [1, 30], poisson: [0.05, 3] },
  second: {
    sigma: [0.2, 1.5],
    resize: [0.3, 0.4, 0.3],
    range: [0.3, 1.2],
    noise: [1, 25],
    poisson: [0.05, 2.5],
  },
} as const;

const weight = z.number().min(0);
const three = z.tuple([weight, weight, weight]);
const beta = z.number().gt(0).max(100);

type Two = readonly [number, number];
type Three = readonly [number, number, number];

/** A range with the value it has when the file does not give it. */
const rangeOf = (number: z.ZodNumber, [low, high]: Two) => range(number).default([low, high]);

const factors = ([up, down, keep]: Three) => three.default([up, down, keep]);

/** Keys of one round of degradation at the top of a file; those of the second end in 2. */
const round = (which: 'first' | 'second') => {
  const { resize, range: factor, noise, poisson } = published[which];
  return {
    resize_prob: factors(resize).describe('Weights of enlarging, reducing and keeping the size.'),
    resize_range: rangeOf(z.number().gt(0).max(16), factor).describe(
      which === 'first'
        ? 'Factors of the first resize.'
        : 'Factors of the second resize; they multiply the size of lq.',
    ),
    gaussian_noise_prob: probability
      .default(0.5)
      .describe('Probability of Gaussian noise; otherwise the noise is that of Poisson.'),
    noise_range: rangeOf(z.number().min(0).max(255), noise).describe(
      'Standard deviation of Gaussian noise, of 255 levels.',
    ),
    poisson_scale_range: rangeOf(z.number().min(0).max(100), poisson).describe('Strength of Poisson noise.'),
    gray_noise_prob: probability
      .default(0.4)
      .describe('Probability that all three channels get the same noise.'),
    jpeg_range: rangeOf(z.number().min(1).max(100), [30, 95]).describe('JPEG quality.'),
  };
};

/** Keys of the blur of one round in `datasets.train`. */
const blur = (which: 'first' | 'second') => ({
  kernel_list: z
    .array(z.enum(families))
    .min(1)
    .default([...families])
    .describe('Kernel families to draw from.'),
  kernel_prob: z
    .array(weight)
    .min(1)
    .default([...published.kernel_prob])
    .describe('Their weights, in the same order.'),
  sinc_prob: probability.default(published.sinc_prob).describe('Probability of a sinc filter instead.'),
  blur_sigma: rangeOf(z.number().min(0).max(100), published[which].sigma).describe(
    'Standard deviation of the kernels in pixels.',
  ),
  betag_range: rangeOf(beta, [0.5, 4]).describe('Shape of the generalised families.'),
  betap_range: rangeOf(beta, [1, 2]).describe('Shape of the plateau families.'),
});

type Second<Keys> = { [K in keyof Keys as `${K & string}2`]: Keys[K] };

function second<Keys extends z.ZodRawShape>(keys: Keys): Second<Keys> {
  return Object.fromEntries(Object.entries(keys).map(([key, schema]) => [`${key}2`, schema])) as Second<Keys>;
}

/** Degradation keys that stand at the top of an option file. */
export const topKeys = {
  ...round('first'),
  second_blur_prob: probability.default(0.8).describe('Probability of the second blur.'),
  ...second(round('second')),
};

/** Degradation keys that stand in `datasets.train`. */
export const datasetKeys = {
  ...blur('first'),
  ...second(blur('second')),
  final_sinc_prob: probability.default(0.8).describe('Probability of the sinc filter at the end.'),
};

const Keys = z.object({ ...topKeys, ...datasetKeys });

/** All degradation keys with their values; those of `datasets.train` beside the others. */
export type DegradationKeys = z.infer<typeof Keys>;

export const degradationDefaults: DegradationKeys = Keys.parse({});
