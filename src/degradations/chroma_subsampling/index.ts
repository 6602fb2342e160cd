import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage, type Size } from '../define.js';
import { type Matrix, matrixNames, toLumaChroma, toRgb } from '../luma-chroma.js';
import { type FilterName, filterNames, resizeReach, resizeTo } from '../resize/filters.js';
import { drawWord, words } from '../words.js';

/** By how much the chroma is reduced across and down. */
const factors = {
  '4:4:4': [1, 1],
  '4:4:0': [1, 2],
  '4:2:2': [2, 1],
  '4:2:0': [2, 2],
  '4:1:1': [4, 1],
  '4:1:0': [4, 2],
} as const;

type Subsampling = keyof typeof factors;

const options = z
  .strictObject({
    subsampling: words(['4:4:4', '4:4:0', '4:2:2', '4:2:0', '4:1:1', '4:1:0'])
      .default({ '4:2:0': 1 })
      .describe('Resolution of the chroma.'),
    down: words(filterNames).default({ box: 1 }).describe('Filters that reduce the chroma.'),
    up: words(filterNames).default({ bilinear: 1 }).describe('Filters that enlarge it again.'),
    matrix: words(matrixNames).default({ bt601: 1 }).describe('How luma and chroma are made from RGB.'),
  })
  .describe('Reduce the resolution of the colours and leave that of the brightness.');

type Params = {
  readonly subsampling: Subsampling;
  readonly down: FilterName;
  readonly up: FilterName;
  readonly matrix: Matrix;
};

function sample(rng: Rng, { subsampling, down, up, matrix }: z.infer<typeof options>): Params {
  return {
    subsampling: drawWord(rng, subsampling),
    down: drawWord(rng, down),
    up: drawWord(rng, up),
    matrix: drawWord(rng, matrix),
  };
}

function reduced({ width, height }: Size, subsampling: Subsampling): Size {
  const [across, down] = factors[subsampling];
  return { width: Math.ceil(width / across), height: Math.ceil(height / down) };
}

function apply(image: FloatImage, params: Params, ctx: DegradationContext): FloatImage {
  toLumaChroma(image, params.matrix);
  const small = resizeTo(image, reduced(image, params.subsampling), params.down, undefined, ctx.image);
  const chroma = resizeTo(small, image, params.up, undefined, ctx.image);
  const plane = image.width * image.height;
  if (chroma !== image) image.data.set(chroma.data.subarray(plane), plane);
  toRgb(image, params.matrix);
  return image;
}

/** RGB to luma and chroma, chroma to a fraction of the size and back, to RGB; full range, no rounding. */
export const chromaSubsampling = defineDegradation({
  name: 'chroma_subsampling',
  options,
  sample,
  apply,
  reach({ subsampling, down, up }, input) {
    const small = reduced(input, subsampling);
    const perPixel = Math.max(input.width / small.width, input.height / small.height);
    return resizeReach(input, small, down) + Math.ceil(resizeReach(small, input, up) * perPixel);
  },
});
