/**
 * Weighted sums over neighbouring values, for `correlate`: runs one after the other, each as the position of its
 * first value relative to the output's place, its count, and the bits of as many float32 weights.
 */
export class Runs {
  readonly words: Int32Array;
  readonly weights: Float32Array;
  #length = 0;

  constructor(capacity: number) {
    this.words = new Int32Array(capacity);
    this.weights = new Float32Array(this.words.buffer);
  }

  /** Words in use. */
  get length(): number {
    return this.#length;
  }

  get used(): Int32Array {
    return this.words.subarray(0, this.#length);
  }

  /** A run of `count` > 0 weights from `first` on. */
  add(start: number, weights: Float32Array, first: number, count: number): this {
    const at = this.#length;
    this.words[at] = start;
    this.words[at + 1] = count;
    for (let k = 0; k < count; k++) this.weights[at + 2 + k] = weights[first + k];
    this.#length = at + 2 + count;
    return this;
  }

  /** A run of `count` > 0 values with two weights each. */
  addPair(start: number, count: number, first: (k: number) => number, second: (k: number) => number): this {
    const at = this.#length;
    this.words[at] = start;
    this.words[at + 1] = count;
    for (let k = 0; k < count; k++) {
      this.weights[at + 2 + 2 * k] = first(k);
      this.weights[at + 3 + 2 * k] = second(k);
    }
    this.#length = at + 2 + 2 * count;
    return this;
  }
}

/** For every output one run of `count` weights, which starts at `starts[i] * step`. */
export function runPerOutput(starts: Int32Array, weights: Float32Array, count: number, step = 1): Runs {
  const runs = new Runs(starts.length * (2 + count));
  for (let i = 0; i < starts.length; i++) runs.add(starts[i] * step, weights, i * count, count);
  return runs;
}

/** First and last column that count in a row of a kernel; the last one before the first one: none. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Weights row by row, `columns` in each; only those within the spans count. */
export interface Weights {
  readonly columns: number;
  readonly values: Float32Array;
  readonly spans: readonly Span[];
}

/** The rows of a kernel as runs over rows of `sourceRow` values. */
export function kernelRuns({ columns, values, spans }: Weights, sourceRow: number): Runs {
  const runs = new Runs(2 * spans.length + values.length);
  spans.forEach(({ first, last }, y) => {
    if (last >= first) runs.add(y * sourceRow + first, values, y * columns + first, last - first + 1);
  });
  return runs;
}

const none: Span = { first: Number.POSITIVE_INFINITY, last: -1 };

/** The same for pairs of rows of sums: each row of values has the weights of two rows of the kernel, or zeros. */
export function pairRuns({ columns, values, spans }: Weights, sourceRow: number): Runs {
  const rows = spans.length;
  const runs = new Runs((rows + 1) * (2 + 2 * columns));
  for (let y = 0; y <= rows; y++) {
    const [upper, lower] = [spans[y] ?? none, spans[y - 1] ?? none].map((s) => (s.last < s.first ? none : s));
    const start = Math.min(upper.first, lower.first);
    const end = Math.max(upper.last, lower.last);
    if (end >= start)
      runs.addPair(y * sourceRow + start, end - start + 1, weightOf(upper, y), weightOf(lower, y - 1));

    function weightOf({ first, last }: Span, row: number): (index: number) => number {
      return (index) => {
        const column = start + index;
        return column < first || column > last ? 0 : values[row * columns + column];
      };
    }
  }
  return runs;
}
