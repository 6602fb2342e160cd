/** Antialiased resampling filters; their support in output pixels when enlarging, in input pixels when reducing. */
export const filters = {
  /** Triangle. */
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  /** Cubic convolution of Keys (1981) with a = -0.5, as in Pillow and torch with antialias. */
  bicubic: { support: 2, weight: (x: number) => keys(Math.abs(x)) },
  /** Windowed sinc with two lobes. */
  lanczos2: { support: 2, weight: (x: number) => (Math.abs(x) < 2 ? sinc(x) * sinc(x / 2) : 0) },
  /** Windowed sinc with three lobes. */
  lanczos3: { support: 3, weight: (x: number) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
  /** Cubic of Mitchell and Netravali (1988) with B = C = 1/3. */
  mitchell: { support: 2, weight: (x: number) => mitchell(Math.abs(x)) },
  /** Cubic Hermite smoothstep. */
  hermite: { support: 1, weight: (x: number) => hermite(Math.abs(x)) },
  /** Sinc in a Hamming window of one lobe, as in Pillow. */
  hamming: {
    support: 1,
    weight: (x: number) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0),
  },
  /** Plain mean: the antialiased form of nearest. */
  box: { support: 0.5, weight: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
} as const;

export type Filter = keyof typeof filters;

function keys(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function mitchell(x: number): number {
  if (x < 1) return ((7 * x - 12) * x * x) / 6 + 8 / 9;
  if (x < 2) return (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9;
  return 0;
}

function hermite(x: number): number {
  return x < 1 ? (2 * x - 3) * x * x + 1 : 0;
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
  const rows = Array.from({ length: to }, (_, i): TapRow => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support * stretch + 0.5));
    const end = Math.min(from, Math.trunc(centre + support * stretch + 0.5));
    const values = Array.from({ length: end - first }, (_, k) =>
      weight((first + k - centre + 0.5) / stretch),
    );
    const sum = values.reduce((a, b) => a + b, 0);
    return { first, values: values.map((value) => value / sum) };
  });
  return packTaps(rows, from);
}

/** One output position: `values.length` weights from input position `first` on, all inside the image. */
export interface TapRow {
  readonly first: number;
  readonly values: readonly number[];
}

/** Rows of any lengths as taps with one count, padded with zeros; `from` is the input length. */
export function packTaps(rows: readonly TapRow[], from: number): Taps {
  const count = rows.reduce((most, row) => Math.max(most, row.values.length), 0);
  const starts = new Int32Array(rows.length);
  const weights = new Float32Array(rows.length * count);
  rows.forEach(({ first, values }, i) => {
    starts[i] = Math.min(first, from - count);
    weights.set(values, i * count + first - starts[i]);
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
