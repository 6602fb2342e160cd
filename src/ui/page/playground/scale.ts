import type { Scale } from '../../playground/wire.js';

/** Places of a slider. */
export const PLACES = 1000;

export interface Ends {
  readonly min: number;
  readonly max: number;
}

/** Values beyond the ends of a slider make it longer. */
export function endsOf({ min, max }: Scale, values: readonly number[]): Ends {
  return { min: Math.min(min, ...values), max: Math.max(max, ...values) };
}

export function placeOf(value: number, { min, max }: Ends, log: boolean): number {
  const share = log
    ? Math.log(Math.max(value, min) / min) / Math.log(max / min)
    : (value - min) / (max - min || 1);
  return Math.max(0, Math.min(PLACES, Math.round(share * PLACES)));
}

export function valueAt(place: number, { min, max }: Ends, scale: Scale): number {
  const share = place / PLACES;
  const raw = scale.log ? min * (max / min) ** share : min + (max - min) * share;
  return onGrid(raw, scale);
}

/** The nearest value that the option takes. */
export function onGrid(value: number, { min, step, whole, log, least, most }: Scale): number {
  const rounded = log ? Number(value.toPrecision(2)) : min + Math.round((value - min) / step) * step;
  const short = whole ? Math.round(rounded) : Number(rounded.toFixed(Math.max(0, decimals(step))));
  const inside = Math.max(
    least ?? Number.NEGATIVE_INFINITY,
    Math.min(most ?? Number.POSITIVE_INFINITY, short),
  );
  return log ? Math.max(min, inside) : inside;
}

const decimals = (step: number): number => Math.ceil(-Math.log10(step) - 1e-9) + 1;
