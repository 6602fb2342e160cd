import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { toLumaChroma, toRgb } from '../luma-chroma.js';
import { range } from '../range.js';
import { drawWord, words } from '../words.js';

const options = z
  .strictObject({
    amount: range(z.number().min(-64).max(64))
      .default([-1, 1])
      .describe('Shift in pixels, drawn for each channel across and down; positive is right and down.'),
    whole: z.boolean().default(false).describe('Whole pixels only.'),
    space: words(['rgb', 'yuv'])
      .default({ rgb: 1 })
      .describe('What is shifted: red, green and blue, or the two chroma channels.'),
  })
  .refine((o) => !o.whole || Math.ceil(o.amount[0]) <= Math.floor(o.amount[1]), {
    message: 'the range holds no whole number',
    path: ['amount'],
  })
  .describe('Shift channels against each other.');

type Offset = readonly [x: number, y: number];
type Params = { readonly space: 'rgb' | 'yuv'; readonly offsets: readonly [Offset, Offset, Offset] };

function sample(rng: Rng, { amount: [low, high], whole, space }: z.infer<typeof options>): Params {
  const one = () => (whole ? rng.int(Math.ceil(low), Math.floor(high)) : rng.uniform(low, high));
  const chosen = drawWord(rng, space);
  const [a, b, c] = [0, 1, 2].map((): Offset => [one(), one()]);
  return { space: chosen, offsets: chosen === 'yuv' ? [[0, 0], b, c] : [a, b, c] };
}

function apply(image: FloatImage, { space, offsets }: Params, ctx: DegradationContext): FloatImage {
  const { width, height } = image;
  if (space === 'yuv') toLumaChroma(image, 'bt601');
  const out = ctx.image(width, height);
  offsets.forEach((offset, i) => {
    const plane = (of: FloatImage) => of.data.subarray(i * width * height, (i + 1) * width * height);
    shiftPlane(plane(image), plane(out), width, height, offset);
  });
  if (space === 'yuv') toRgb(out, 'bt601');
  return out;
}

function shiftPlane(from: Float32Array, to: Float32Array, width: number, height: number, [dx, dy]: Offset) {
  const left = Math.floor(-dx);
  const top = Math.floor(-dy);
  const fx = -dx - left;
  const fy = -dy - top;
  const column = (x: number) => Math.min(width - 1, Math.max(0, x + left));
  const row = (y: number) => Math.min(height - 1, Math.max(0, y + top)) * width;
  for (let y = 0, at = 0; y < height; y++) {
    const upper = row(y);
    const lower = row(y + 1);
    for (let x = 0; x < width; x++, at++) {
      const a = column(x);
      const b = column(x + 1);
      const above = from[upper + a] + fx * (from[upper + b] - from[upper + a]);
      const below = from[lower + a] + fx * (from[lower + b] - from[lower + a]);
      to[at] = above + fy * (below - above);
    }
  }
}

/** Each channel moved by its own offset, bilinear between pixels, borders repeated. */
export const shift = defineDegradation({
  name: 'shift',
  options,
  sample,
  apply,
  reach: ({ offsets }) => Math.ceil(offsets.flat().reduce((most, n) => Math.max(most, Math.abs(n)), 0)) + 1,
});
