/*
 * Without WebAssembly, the same bits as the functions of arithmetic.ts.
 */
const { abs, fround } = Math;

export function combine(
  out: Float32Array,
  a: Float32Array,
  first: number,
  b: Float32Array,
  second: number,
): void {
  const x = fround(first);
  const y = fround(second);
  for (let i = 0; i < out.length; i++) out[i] = fround(a[i] * x) + fround(b[i] * y);
}

export function combineClamped(
  out: Float32Array,
  a: Float32Array,
  first: number,
  b: Float32Array,
  second: number,
): void {
  combine(out, a, first, b, second);
  clampUnit(out);
}

export function mix(out: Float32Array, other: Float32Array, mask: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] += fround(mask[i] * fround(other[i] - out[i]));
}

export function differs(
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  factor: number,
  threshold: number,
): void {
  const f = fround(factor);
  const least = fround(threshold);
  for (let i = 0; i < out.length; i++) out[i] = fround(fround(abs(a[i] - b[i])) * f) > least ? 1 : 0;
}

export function clampUnit(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < 0) values[i] = 0;
    else if (value > 1) values[i] = 1;
  }
}

export function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum === 0;
}
