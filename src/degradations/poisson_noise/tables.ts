/**
 * Alias tables (Walker 1977, Vose 1991) of the Poisson distributions with rates k * vals / 255 for the 256
 * levels k: a draw costs 26 random bits and two look-ups. All from + - * / and square roots, so that
 * every machine draws the same.
 */
export interface PoissonTables {
  /** Where the columns of level k begin; [257]. */
  readonly offsets: Int32Array;
  /** Value of the first column of level k; the next columns count on. */
  readonly firsts: Int16Array;
  /** Below this part of the column, of 2^26, its own value is drawn, above it the other. */
  readonly thresholds: Int32Array;
  readonly other: Int16Array;
}

const cache = new Map<number, PoissonTables>();

/** The tables for a number of levels, which is a power of two up to 256; made once. */
export function poissonTables(vals: number): PoissonTables {
  const known = cache.get(vals);
  if (known) return known;
  const levels = Array.from({ length: 256 }, (_, k) => distribution((k * vals) / 255));
  const offsets = new Int32Array(257);
  levels.forEach(({ share }, k) => {
    offsets[k + 1] = offsets[k] + share.length;
  });
  const firsts = Int16Array.from(levels, ({ first }) => first);
  const thresholds = new Int32Array(offsets[256]);
  const other = new Int16Array(offsets[256]);
  levels.forEach(({ first, share }, k) => {
    const from = offsets[k];
    fillAlias(share, thresholds.subarray(from), other.subarray(from));
    for (let i = from; i < offsets[k + 1]; i++) other[i] += first;
  });
  const made = { offsets, firsts, thresholds, other };
  cache.set(vals, made);
  return made;
}

/** Probabilities from the value `first` on; what is left out adds up to less than 1e-15. */
function distribution(rate: number): { readonly first: number; readonly share: Float64Array } {
  const mode = Math.floor(rate);
  const least = 2 ** -56;
  const below: number[] = [];
  for (let value = mode, p = 1; value > 0; value--) {
    p *= value / rate;
    if (p < least) break;
    below.push(p);
  }
  const above: number[] = [];
  for (let value = mode + 1, p = rate / value; p >= least; value++, p *= rate / value) above.push(p);
  const relative = [...below.reverse(), 1, ...above];
  const sum = relative.reduce((a, b) => a + b, 0);
  return { first: mode - below.length, share: Float64Array.from(relative, (p) => p / sum) };
}

/** A threshold that every draw is below. */
const whole = 2 ** 26;

function fillAlias(share: Float64Array, thresholds: Int32Array, other: Int16Array): void {
  const count = share.length;
  const rest = share.map((p) => p * count);
  const small: number[] = [];
  const large: number[] = [];
  rest.forEach((p, i) => void (p < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop() as number;
    const rich = large[large.length - 1];
    thresholds[poor] = Math.round(rest[poor] * whole);
    other[poor] = rich;
    rest[rich] -= 1 - rest[poor];
    if (rest[rich] < 1) small.push(large.pop() as number);
  }
  // What is left has its full share but for rounding.
  for (const i of [...small, ...large]) {
    thresholds[i] = whole;
    other[i] = i;
  }
}
