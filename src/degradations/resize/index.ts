import { z } from 'zod';
import { type DegradationTarget, defineDegradation, type Size } from '../define.js';
import { range } from '../range.js';
import { resample, resampleReach } from '../resample.js';

const filter = z.enum(['bilinear', 'bicubic', 'lanczos3']);

const options = z
  .strictObject({
    to: z.literal('lq').optional().describe('A fixed target: the size of lq, which is gt / scale.'),
    range: range(z.number().gt(0).max(16))
      .optional()
      .describe('Instead of `to`: the size is multiplied by a random factor from this range.'),
    filters: z
      .array(filter)
      .min(1)
      .default(['bicubic'])
      .describe('Antialiased filters, one of which is drawn with equal chance.'),
  })
  .refine((o) => (o.to === undefined) !== (o.range === undefined), {
    message: 'give either `to: lq` or `range: [low, high]`',
  })
  .describe('Change the size, antialiased.');

/** Either a fixed target or the factor that was drawn. */
type Params = { readonly filter: z.infer<typeof filter>; readonly to: 'lq' | number };

function size({ to }: Params, input: Size, { gt, scale }: DegradationTarget): Size {
  const resized = (n: number, whole: number) =>
    to === 'lq' ? Math.trunc(whole / scale) : Math.floor(n * to);
  return {
    width: Math.max(1, resized(input.width, gt.width)),
    height: Math.max(1, resized(input.height, gt.height)),
  };
}

/** Antialiased resize to gt / scale, or by a random factor s to floor(n * s). */
export const resize = defineDegradation({
  name: 'resize',
  options,
  sample(rng, { to, range: [low, high] = [1, 1], filters }): Params {
    const chosen = rng.choice(filters);
    return { filter: chosen, to: to ?? rng.uniform(low, high) };
  },
  apply: (image, params, ctx) => resample(image, size(params, image, ctx), params.filter, ctx.image),
  size,
  reach: (params, input, target) => resampleReach(input, size(params, input, target), params.filter),
});
