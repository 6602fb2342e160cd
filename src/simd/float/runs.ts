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

  /** A run of `count` > 0 weights from `first` on. */
  add(start: number, weights: Float32Array, first: number, count: number): this {
    const at = this.#length;
    this.words[at] = start;
    this.words[at + 1] = count;
    for (let k = 0; k < count; k++) this.weights[at + 2 + k] = weights[first + k];
    this.#length = at + 2 + count;
    return this;
  }
}

/** One run that starts at the output's place. */
export const oneRun = (weights: Float32Array): Runs =>
  new Runs(2 + weights.length).add(0, weights, 0, weights.length);

/** For every output one run of `count` weights, which starts at `starts[i] * step`. */
export function runPerOutput(starts: Int32Array, weights: Float32Array, count: number, step = 1): Runs {
  const runs = new Runs(starts.length * (2 + count));
  for (let i = 0; i < starts.length; i++) runs.add(starts[i] * step, weights, i * count, count);
  return runs;
}
