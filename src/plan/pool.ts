import { createRng, deriveSeed } from '../random/rng.js';
import { permute } from './shuffle.js';

/** A training pair pool: batches are mixed with pairs of earlier ones before they are used. */
export interface PoolPlan {
  /** Pairs in the pool (queue_size), a multiple of `batch`. */
  readonly size: number;
  /** Pairs in a batch. */
  readonly batch: number;
  /** The run's seed. */
  readonly seed: number;
  /** Bytes of decoded images that may lie open at once. */
  readonly memory: number;
}

/**
 * The pool of Real-ESRGAN's `_dequeue_and_enqueue`, whatever its items are. While it fills, a batch is used as it
 * comes and kept as well; afterwards the pool is permuted, its first items are the batch, and the fresh ones take
 * their places.
 */
export class PairPool<Item> {
  #items: readonly Item[];

  constructor(
    readonly size: number,
    items: readonly Item[] = [],
  ) {
    this.#items = items;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  get full(): boolean {
    return this.#items.length >= this.size;
  }

  /** What is used in place of `fresh`. New item i is the old item `permutation()[i]`. */
  exchange(fresh: readonly Item[], permutation: () => readonly number[]): readonly Item[] {
    if (!this.full) {
      this.#items = [...this.#items, ...fresh].slice(0, this.size);
      return fresh;
    }
    const mixed = permutation().map((from) => this.#items[from]);
    this.#items = [...fresh, ...mixed.slice(fresh.length)];
    return mixed.slice(0, fresh.length);
  }
}

/** The permutation of the pool before batch `index`; the same whatever came before it. */
export function poolPermutation({ size, seed }: PoolPlan, index: number): number[] {
  const places = Array.from({ length: size }, (_, i) => i);
  return permute(places, createRng(deriveSeed(`${seed}`, `pool ${index}`)));
}

/**
 * The batch from which on the pool must be followed to know what it holds before batch `index`: what it held
 * then has left it in the meantime. So a run resumes in the middle without going through all of its beginning.
 */
export function poolHorizon(plan: PoolPlan, index: number): number {
  const filling = plan.size / plan.batch;
  for (let back = 8 * filling; back < index - filling; back *= 2) {
    const pool = new PairPool(plan.size, new Array<boolean>(plan.size).fill(false));
    const fresh = new Array<boolean>(plan.batch).fill(true);
    for (let k = index - back; k < index; k++) pool.exchange(fresh, () => poolPermutation(plan, k));
    if (pool.items.every((known) => known)) return index - back;
  }
  return 0;
}
