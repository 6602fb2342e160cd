import * as plain from './arithmetic-plain.js';
import { inMemory } from './memory.js';

/** out = a * first + b * second, rounded to float32 after each operation. `out` may be `a` or `b`. */
export function combine(
  out: Float32Array,
  a: Float32Array,
  first: number,
  b: Float32Array,
  second: number,
): void {
  const done = inMemory(out, [a, b], (kernels, to, x, y) =>
    kernels.combine(to, x, first, y, second, out.length, false),
  );
  if (!done) plain.combine(out, a, first, b, second);
}

/** The same, brought into [0, 1]. */
export function combineClamped(
  out: Float32Array,
  a: Float32Array,
  first: number,
  b: Float32Array,
  second: number,
): void {
  const done = inMemory(out, [a, b], (kernels, to, x, y) =>
    kernels.combine(to, x, first, y, second, out.length, true),
  );
  if (!done) plain.combineClamped(out, a, first, b, second);
}

/** out += mask * (other - out): `other` where the mask is 1. */
export function mix(out: Float32Array, other: Float32Array, mask: Float32Array): void {
  const done = inMemory(out, [other, mask], (kernels, to, x, y) => kernels.mix(to, x, y, out.length));
  if (!done) plain.mix(out, other, mask);
}

/** out = 1 where |a - b| * factor > threshold, otherwise 0. */
export function differs(
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  factor: number,
  threshold: number,
): void {
  const done = inMemory(out, [a, b], (kernels, to, x, y) =>
    kernels.differs(to, x, y, factor, threshold, out.length),
  );
  if (!done) plain.differs(out, a, b, factor, threshold);
}

/** Brings values into [0, 1]; NaN stays. */
export function clampUnit(values: Float32Array): void {
  const done = inMemory(values, [], (kernels, at) => kernels.clampUnit(at, values.length));
  if (!done) plain.clampUnit(values);
}

const nothing = new Uint8Array(0);

/** Whether no value is NaN or infinite. */
export function allFinite(values: Float32Array): boolean {
  let finite = false;
  const done = inMemory(nothing, [values], (kernels, _, at) => {
    finite = kernels.allFinite(at, values.length) !== 0;
  });
  return done ? finite : plain.allFinite(values);
}
