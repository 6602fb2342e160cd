import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationTarget, defineDegradation, type FloatImage, type Size } from '../define.js';
import { range } from '../range.js';
import { drawWord, words } from '../words.js';
import { type FilterName, filterNames, resizeReach, resizeTo } from './filters.js';

const weight = z.number().min(0);
const directions = ['up', 'down', 'keep'] as const;

const options = z
  .strictObject({
    to: z.enum(['lq', 'gt']).optional().describe('A fixed target: the size of lq (gt / scale) or of gt.'),
    range: range(z.number().gt(0).max(16))
      .optional()
      .describe(
        'Instead of `to`: the size is multiplied by a random factor from this range, the same for width and height.',
      ),
    up: weight.optional().describe('Weight of enlarging: a factor from 1 to the upper end of `range`.'),
    down: weight.optional().describe('Weight of reducing: a factor from the lower end of `range` to 1.'),
    keep: weight.optional().describe('Weight of the factor 1.'),
    of: z
      .enum(['input', 'lq'])
      .default('input')
      .describe('What the factor multiplies: the size of the image as it comes, or gt / scale.'),
    filters: words(filterNames)
      .default({ bicubic_aa: 1 })
      .describe(
        'Filters to draw from. area, bilinear, bicubic and nearest are torch.nn.functional.interpolate without antialias; the others are antialiased.',
      ),
  })
  .superRefine((o, ctx) => {
    const wrong = (message: string) => ctx.addIssue({ code: 'custom', message });
    const weights = directions.map((direction) => o[direction] ?? 0);
    const directed = directions.some((direction) => o[direction] !== undefined);
    if ((o.to === undefined) === (o.range === undefined))
      wrong('give either `to: lq` or `range: [low, high]`');
    if (o.to && (directed || o.of !== 'input'))
      wrong('`to` is a fixed target: leave out up, down, keep and of');
    if (directed && !weights.some((w) => w > 0)) wrong('up, down and keep all have weight 0');
    if (!o.range) return;
    if (o.up && o.range[1] < 1) wrong(`\`up\` needs a range that ends at 1 or above, not at ${o.range[1]}`);
    if (o.down && o.range[0] > 1)
      wrong(`\`down\` needs a range that begins at 1 or below, not at ${o.range[0]}`);
  })
  .describe('Change the size.');

type Options = z.infer<typeof options>;

/** A fixed target, or the factor that was drawn and what it multiplies. */
type Params =
  | { readonly filter: FilterName; readonly to: 'lq' | 'gt' }
  | { readonly filter: FilterName; readonly factor: number; readonly of: 'input' | 'lq' };

function sample(rng: Rng, { to, of, filters, ...random }: Options): Params {
  const factor = drawFactor(rng, random);
  const filter = drawWord(rng, filters);
  return to ? { filter, to } : { filter, factor, of };
}

function drawFactor(rng: Rng, { range: [low, high] = [1, 1], up, down, keep }: Partial<Options>): number {
  const directed = up !== undefined || down !== undefined || keep !== undefined;
  const direction = directed ? rng.choice(directions, [up ?? 0, down ?? 0, keep ?? 0]) : undefined;
  const from = direction === 'up' ? Math.max(1, low) : low;
  const to = direction === 'down' ? Math.min(1, high) : high;
  const drawn = rng.uniform(from, to);
  return direction === 'keep' ? 1 : drawn;
}

function size(params: Params, input: Size, { gt, scale }: DegradationTarget): Size {
  const length = (own: number, whole: number): number => {
    if ('to' in params) return params.to === 'gt' ? whole : Math.trunc(whole / scale);
    return Math.floor(params.of === 'lq' ? (whole / scale) * params.factor : own * params.factor);
  };
  return {
    width: Math.max(1, length(input.width, gt.width)),
    height: Math.max(1, length(input.height, gt.height)),
  };
}

/**
 * Resize to the size of lq or gt, or by a random factor s: to floor(n * s), or to trunc(gt / scale * s) with
 * `of: lq`. No clamp: bicubic, mitchell and lanczos may overshoot. These are the three resizes of Real-ESRGAN
 * (random_resize in its feed_data); as there, the first one samples at (i + 0.5) / s - 0.5 in bilinear and
 * bicubic, the others at (i + 0.5) * in / out - 0.5.
 */
export const resize = defineDegradation({
  name: 'resize',
  finite: true,
  options,
  sample,
  apply(image: FloatImage, params, ctx) {
    const factor = 'factor' in params && params.of === 'input' ? params.factor : undefined;
    return resizeTo(image, size(params, image, ctx), params.filter, factor, ctx.image);
  },
  size,
  reach: (params, input, target) => resizeReach(input, size(params, input, target), params.filter),
});
