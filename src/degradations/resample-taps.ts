/** Antialiased resampling filters; their support in output pixels when enlarging, in input pixels when reducing. */
export const filters = {
  /** Triangle. */
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  /** Cubic convolution of Keys (1981) with a = -0.5, as in Pillow and torch with antialias. */
  bicubic: { support: 2, weight: (x: number) => keys(Math.abs(x)) },
  /** Windowed sinc with three lobes. */
  lanczos3: { support: 3, weight: (x: number) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const;

export type Filter = keyof typeof filters;

function keys(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** For every output position: the first input position, and `count` weights that add up to 1. */
export interface Taps {
  readonly count: number;
  readonly starts: Int32Array;
  /** [output, count] */
  readonly weights: Float32Array;
}

/**
 * Weights of one dimension, centred and normalised as Pillow's and torch's antialiased resize: the filter is
 * stretched by the reduction factor, and taps beyond the border are left out. Rows are padded with zeros to
 * the same count.
 */
function computeTaps(from: number, to: number, filter: Filter): Taps {
  const { support, weight } = filters[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const rows = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support * stretch + 0.5));
    const end = Math.min(from, Math.trunc(centre + support * stretch + 0.5));
    const values = Array.from({ length: end - first }, (_, k) =>
      weight((first + k - centre + 0.5) / stretch),
    );
    return { first, values, sum: values.reduce((a, b) => a + b, 0) };
  });
  const count = rows.reduce((most, row) => Math.max(most, row.values.length), 0);
  const starts = new Int32Array(to);
  const weights = new Float32Array(to * count);
  rows.forEach(({ first, values, sum }, i) => {
    starts[i] = Math.min(first, from - count);
    const at = i * count + first - starts[i];
    for (let k = 0; k < values.length; k++) weights[at + k] = values[k] / sum;
  });
  return { count, starts, weights };
}

const cache = new Map<string, Taps>();
const mostCached = 512;

/** The weights for that change of size, computed once. */
export function taps(from: number, to: number, filter: Filter): Taps {
  const key = `${from}/${to}/${filter}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= mostCached) cache.delete(cache.keys().next().value ?? '');
  const made = computeTaps(from, to, filter);
  cache.set(key, made);
  return made;
}
