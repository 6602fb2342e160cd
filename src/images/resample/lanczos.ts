/** For every output position the input positions it draws from, and their weights in fixed point. */
export interface Taps {
  /** Output positions. */
  readonly length: number;
  /** Room for weights per output position. */
  readonly size: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
}

/**
 * Weights of the antialiased Lanczos filter with three lobes, as Pillow computes them: float64 throughout,
 * normalised to 1, then rounded half away from zero to `bits` fractional bits.
 */
export function lanczosTaps(from: number, to: number, bits: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = 3 * stretch;
  const size = Math.ceil(support) * 2 + 1;
  const taps = { length: to, size, starts: new Int32Array(to), counts: new Int32Array(to) };
  const weights = new Int32Array(to * size);
  const exact = new Float64Array(size);
  const step = 1 / stretch;
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      exact[k] = lanczos((k + start - centre + 0.5) * step);
      sum += exact[k];
    }
    for (let k = 0; k < count; k++) {
      const weight = (sum === 0 ? exact[k] : exact[k] / sum) * 2 ** bits;
      weights[i * size + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    taps.starts[i] = start;
    taps.counts[i] = count;
  }
  return { ...taps, weights };
}

function lanczos(x: number): number {
  return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}
