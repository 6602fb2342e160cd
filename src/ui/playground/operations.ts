import { z } from 'zod';

import type { StepPath } from './paths.js';
import type { Json } from './wire.js';

const path: z.ZodType<StepPath> = z
  .array(z.union([z.string().max(64), z.number().int().min(0).max(4096)]))
  .max(64);
const key = z.array(z.string().min(1).max(128)).min(1).max(8);
const json: z.ZodType<Json> = z.json();
const place = z.number().int().min(0).max(4096);

/**
 * A change of the degrade stage; `path` leads to a step (with `insert` to a list of steps). With `into` a step moves to
 * another list, that of a group or the one around it; it is named as it is before the step has left its own.
 */
export const Operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('set'), path, key, value: json }),
  z.strictObject({ op: z.literal('unset'), path, key }),
  z.strictObject({ op: z.literal('move'), path, to: place, into: path.optional() }),
  z.strictObject({ op: z.literal('insert'), path, at: place, step: json }),
  z.strictObject({ op: z.literal('remove'), path }),
  z.strictObject({ op: z.literal('duplicate'), path }),
  z.strictObject({ op: z.literal('wrap'), path, kind: z.enum(['one_of', 'shuffle', 'repeat']) }),
  z.strictObject({ op: z.literal('unfold'), path }),
  z.strictObject({ op: z.literal('text'), text: z.string().max(65536) }),
]);

export type Operation = z.infer<typeof Operation>;
