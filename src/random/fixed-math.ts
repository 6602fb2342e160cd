/*
 * Logarithm and exponential from + - * / alone. Engines are free in the last bits of Math.log and Math.exp;
 * these give the same bits on each of them, which random draws need.
 */

/** Natural logarithm of a positive finite number, within 2 units in the last place. */
export function fixedLog(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= Math.SQRT2; exponent++) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; exponent--) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let n = 25; n >= 1; n -= 2) series = series * square + 1 / n;
  return exponent * Math.LN2 + 2 * s * series;
}

/** e to the power of x, for -700 < x < 700, relative error below 1e-14. */
export function fixedExp(x: number): number {
  const power = Math.round(x * Math.LOG2E);
  const rest = x - power * 0.6931471803691238 - power * 1.9082149292705877e-10;
  let result = 1;
  for (let n = 14; n >= 1; n--) result = 1 + (rest * result) / n;
  const step = power < 0 ? 0.5 : 2;
  for (let n = Math.abs(power); n > 0; n--) result *= step;
  return result;
}
