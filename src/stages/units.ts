import { z } from 'zod';

const factors: Record<string, number> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** A size such as `512MiB` or a plain number of bytes; parsed to bytes. */
export const bytes = z
  .union([
    z.number().int().positive(),
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*(B|KiB|MiB|GiB|KB|MB|GB)$/, 'write a size as 512MiB, 2GiB or a number of bytes'),
  ])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const [, amount, unit] = /^([\d.]+)\s*(\w+)$/.exec(value) as RegExpExecArray;
    return Math.round(Number(amount) * factors[unit]);
  });
