import { z } from 'zod';

/** Lower and upper end, both included. */
export type Range = readonly [number, number];

/** `[low, high]`, or one number for a fixed value; parsed to a pair. Backwards is an error. */
export function range(number: z.ZodNumber) {
  return z.union([number, z.tuple([number, number])]).transform((value, ctx): [number, number] => {
    const [low, high] = typeof value === 'number' ? [value, value] : value;
    if (low > high) {
      ctx.addIssue({
        code: 'custom',
        message: `the range is backwards: write [${high}, ${low}] instead of [${low}, ${high}]`,
      });
    }
    return [low, high];
  });
}

export const probability = z.number().min(0).max(1);
