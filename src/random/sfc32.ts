import type { Rng } from './rng.js';
import { safe, widths, zigguratEdge } from './ziggurat.js';

/**
 * A faster way to the same deviates. `state` holds the three words and the counter of sfc32 and room for a draw; it
 * is brought up to date before `decide` is asked about a rare draw, which may draw more and gives NaN when it
 * refuses, and at the end. False, with nothing done, when it cannot.
 */
export type BulkNormals = (state: Int32Array, out: Float32Array, decide: () => number) => boolean;

const state = new Int32Array(5);

/** Small fast counting generator with 96 bits of state and a 32-bit counter (PractRand's sfc32). */
export class Sfc32 implements Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  readonly #uniform = (): number => this.uniform();

  constructor(a: number, b: number, c: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** 32 random bits as a signed integer. */
  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  uniform(low = 0, high = 1): number {
    const unit = ((this.#next() >>> 5) * 67108864 + (this.#next() >>> 6)) / 9007199254740992;
    const value = low + unit * (high - low);
    return value < high ? value : low;
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  normal(): number {
    for (;;) {
      const bits = this.#next();
      const layer = bits & 255;
      const draw = (bits >> 8) + 0.5;
      if (Math.abs(draw) < safe[layer]) return draw * widths[layer];
      const value = zigguratEdge(layer, draw, this.#uniform);
      if (!Number.isNaN(value)) return value;
    }
  }

  /** Fills an array with what as many calls of `normal` would give. */
  fillNormal(out: Float32Array, bulk?: BulkNormals): void {
    this.#save();
    const done = bulk?.(state, out, () => {
      this.#restore();
      const bits = state[4];
      const value = zigguratEdge(bits & 255, (bits >> 8) + 0.5, this.#uniform);
      this.#save();
      return value;
    });
    if (done) this.#restore();
    else for (let i = 0; i < out.length; i++) out[i] = this.normal();
  }

  /** Lets `work` draw on the state: three words and the counter, which it brings up to date unless it gives false. */
  lendState(work: (state: Int32Array) => boolean): boolean {
    this.#save();
    const done = work(state);
    if (done) this.#restore();
    return done;
  }

  #save(): void {
    state[0] = this.#a;
    state[1] = this.#b;
    state[2] = this.#c;
    state[3] = this.#counter;
  }

  #restore(): void {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  choice<T>(items: readonly T[], weights?: readonly number[]): T {
    if (weights === undefined) return items[this.int(0, items.length - 1)];
    let rest = this.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    let chosen = 0;
    for (let i = 0; i < items.length; i++) {
      if (weights[i] > 0) chosen = i;
      rest -= weights[i];
      if (rest < 0) break;
    }
    return items[chosen];
  }

  seed(): string {
    const word = () => (this.#next() >>> 0).toString(16).padStart(8, '0');
    return word() + word();
  }
}
