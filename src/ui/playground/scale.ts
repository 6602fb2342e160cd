import type { z } from 'zod';
import type { Json } from '../../degradations/define.js';
import type { Scale } from './wire.js';

export type NumberSchema = Pick<
  z.core.JSONSchema.BaseSchema,
  'type' | 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'
>;

/** The numbers within a pair. */
export function boundsOf({ prefixItems }: z.core.JSONSchema.BaseSchema): NumberSchema {
  const [low] = Array.isArray(prefixItems) ? prefixItems : [];
  return typeof low === 'object' ? (low as NumberSchema) : {};
}

/** Three times the default is far enough for most; numbers that only have to be above 0 are compared by ratio. */
export function scaleOf(schema: NumberSchema, fallback: Json | undefined): Scale {
  const whole = schema.type === 'integer';
  const least = finite(schema.minimum ?? schema.exclusiveMinimum);
  const most = finite(schema.maximum ?? schema.exclusiveMaximum);
  const usual = largestOf(fallback);
  const log = schema.exclusiveMinimum === 0 && (most ?? 100) > 4;
  const far = usual === undefined || usual === 0 ? (most ?? 10) : nice(3 * usual);
  const max = most === undefined || most > 1.5 * far ? far : most;
  const symmetric = least === undefined || -least > max;
  const low = symmetric ? -max : least;
  const step = whole ? 1 : log ? 0.01 : nice((max - low) / 250);
  const min = log ? Math.max(step, nice(max / 400)) : schema.exclusiveMinimum === low ? low + step : low;
  const exclusive = schema.exclusiveMaximum === max ? max - step : max;
  return { min, max: exclusive, least, most, step, whole, log };
}

function finite(bound: unknown): number | undefined {
  return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
}

function largestOf(fallback: Json | undefined): number | undefined {
  const numbers = [fallback].flat().filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers.map(Math.abs));
}

/** The next of 1, 2, 5, 10, 20 ... */
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((f) => f * power >= value * (1 - 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(3));
}
