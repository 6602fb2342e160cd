import { z } from 'zod';

export const DiscardOptions = z.strictObject({
  stall_ms: z.number().min(0).default(0).describe('Milliseconds to wait once, after the first item.'),
  sleep_ms: z
    .number()
    .min(0)
    .default(0)
    .describe('Milliseconds to wait after each item: a slow sink, for measuring.'),
});

export type DiscardOptions = z.infer<typeof DiscardOptions>;
