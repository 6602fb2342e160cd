import type { Twiddles } from './twiddles.js';

/*
 * The steps of assembly/fourier.ts on one column without WebAssembly, to the same bits.
 */
const { fround } = Math;

/** A column of complex values. */
export interface Column {
  readonly real: Float32Array;
  readonly imaginary: Float32Array;
}

export const newColumn = (size: number): Column => ({
  real: new Float32Array(size),
  imaginary: new Float32Array(size),
});

/** In place; leaves the frequencies in the order of `Twiddles.frequencies`. */
export function forward(column: Column, { size, table }: Twiddles): void {
  const { real, imaginary } = column;
  let n = size;
  let w = 0;
  if (Math.log2(n) % 2 === 1) {
    n /= 2;
    for (let a = 0; a < n; a++, w += 2) {
      const r = fround(real[a] - real[a + n]);
      const i = fround(imaginary[a] - imaginary[a + n]);
      real[a] += real[a + n];
      imaginary[a] += imaginary[a + n];
      setProduct(column, a + n, r, i, table[w], table[w + 1]);
    }
  }
  for (; n >= 4; n /= 4) {
    const quarter = n / 4;
    for (let block = 0; block < size; block += n) {
      for (let j = 0; j < quarter; j++)
        forwardFour(column, block + j, quarter, table, n > 4 ? w + 6 * j : -1);
    }
    w += 6 * quarter;
  }
}

function setProduct(
  { real, imaginary }: Column,
  at: number,
  r: number,
  i: number,
  c: number,
  s: number,
): void {
  real[at] = fround(r * c) - fround(i * s);
  imaginary[at] = fround(r * s) + fround(i * c);
}

/** Without twiddles when `w` is negative. */
function forwardFour(column: Column, a: number, quarter: number, table: Float32Array, w: number): void {
  const { real, imaginary } = column;
  const [b, c, d] = [a + quarter, a + 2 * quarter, a + 3 * quarter];
  const sr = fround(real[a] + real[c]);
  const tr = fround(real[b] + real[d]);
  const ur = fround(real[a] - real[c]);
  const vr = fround(real[b] - real[d]);
  const si = fround(imaginary[a] + imaginary[c]);
  const ti = fround(imaginary[b] + imaginary[d]);
  const ui = fround(imaginary[a] - imaginary[c]);
  const vi = fround(imaginary[b] - imaginary[d]);
  real[a] = sr + tr;
  imaginary[a] = si + ti;
  const set = (at: number, r: number, i: number, from: number): void => {
    if (w >= 0) setProduct(column, at, r, i, table[from], table[from + 1]);
    else {
      real[at] = r;
      imaginary[at] = i;
    }
  };
  set(b, fround(ur + vi), fround(ui - vr), w);
  set(c, fround(sr - tr), fround(si - ti), w + 2);
  set(d, fround(ur - vi), fround(ui + vr), w + 4);
}

/** In place and not divided by the size; takes the frequencies in the order in which `forward` leaves them. */
export function backward(column: Column, { size, table }: Twiddles): void {
  const { real, imaginary } = column;
  const whole = Math.log2(size) % 2 === 1 ? size / 2 : size;
  let w = table.length;
  for (let n = 4; n <= whole; n *= 4) {
    const quarter = n / 4;
    if (n > 4) w -= 6 * quarter;
    for (let block = 0; block < size; block += n) {
      for (let j = 0; j < quarter; j++)
        backwardFour(column, block + j, quarter, table, n > 4 ? w + 6 * j : -1);
    }
  }
  if (whole === size) return;
  for (let a = 0; a < whole; a++) {
    const { r, i } = product(column, a + whole, table, 2 * a);
    real[a + whole] = real[a] - r;
    imaginary[a + whole] = imaginary[a] - i;
    real[a] += r;
    imaginary[a] += i;
  }
}

/** With the conjugate of a twiddle, or the value itself when `w` is negative. */
function product({ real, imaginary }: Column, at: number, table: Float32Array, w: number) {
  const [r, i] = [real[at], imaginary[at]];
  if (w < 0) return { r, i };
  const [c, s] = [table[w], table[w + 1]];
  return { r: fround(fround(r * c) + fround(i * s)), i: fround(fround(i * c) - fround(r * s)) };
}

function backwardFour(column: Column, a: number, quarter: number, table: Float32Array, w: number): void {
  const { real, imaginary } = column;
  const [b, c, d] = [a + quarter, a + 2 * quarter, a + 3 * quarter];
  const second = product(column, b, table, w);
  const third = product(column, c, table, w < 0 ? w : w + 2);
  const fourth = product(column, d, table, w < 0 ? w : w + 4);
  const sr = fround(real[a] + third.r);
  const si = fround(imaginary[a] + third.i);
  const ur = fround(real[a] - third.r);
  const ui = fround(imaginary[a] - third.i);
  const tr = fround(second.r + fourth.r);
  const ti = fround(second.i + fourth.i);
  const vr = fround(second.r - fourth.r);
  const vi = fround(second.i - fourth.i);
  real[a] = sr + tr;
  imaginary[a] = si + ti;
  real[b] = ur - vi;
  imaginary[b] = ui + vr;
  real[c] = sr - tr;
  imaginary[c] = si - ti;
  real[d] = ur + vi;
  imaginary[d] = ui - vr;
}
