import * as tf from '@tensorflow/tfjs-core';
import { createRepeater, type Done, type Repeater } from '../../engines/repeat.js';
import type { Batch } from '../batch.js';
import { isOutOfMemory } from '../memory.js';
import { type Trainee, variablesOf } from '../trainee.js';
import { applyGradient } from './apply.js';
import { esrganGradients } from './esrgan.js';
import { esrnetGradient } from './esrnet.js';
import { picturesOf, type Sharpened } from './pictures.js';
import { type Snapshot, snapshot } from './snapshot.js';
import type { Pictures } from './types.js';

export interface StepSettings {
  readonly usm: Sharpened;
  /** Batches in a step. */
  readonly accum_iter: number;
  readonly clip_grad_norm?: number;
  readonly net_d_iters: number;
  readonly net_d_init_iters: number;
}

/** One batch a step, nothing sharpened, nothing clipped. */
export const plainSettings: StepSettings = {
  usm: { l1: false, percep: false, gan: false },
  accum_iter: 1,
  net_d_iters: 1,
  net_d_init_iters: 0,
};

/** Learning rates of the generator and of the discriminator. */
export interface Rates {
  readonly g: number;
  readonly d: number;
}

export interface StepResult {
  /** By their names in the log; means over the batches of the step. */
  readonly losses: Readonly<Record<string, number>>;
  /** Losses that are wanted for each sample: of every batch of the step in turn, one number a row. */
  readonly samples: readonly SampleLosses[];
  /** False where a loss or a gradient was not a finite number: then everything is as it was before the step. */
  readonly applied: boolean;
}

export type SampleLosses = Readonly<Record<string, Float32Array>>;

/** What is to be read of a batch: the scalars by their names, then the losses of its samples. */
interface Noted {
  readonly names: readonly string[];
  readonly each: readonly string[];
}

/** What a step is given: the pictures of its batch and, where the weights are to be changed, the numbers for that. */
interface Given {
  readonly pictures: Pictures;
  readonly trainG: boolean;
  readonly numbers?: Vectors;
}

interface Vectors {
  g?: tf.Tensor1D;
  d?: tf.Tensor1D;
}

/**
 * Training, step by step. A step makes the networks a little better at what a batch (or some) asks of them:
 *
 * 1. The bytes of `lq` (small pictures) and `gt` (the large ones they were made from) become float32 in [0, 1].
 * 2. Losses and their gradients: see esrnetGradient and esrganGradients.
 * 3. Adam moves every parameter a small way against its gradient.
 * 4. The moving average (EMA) of the generator's parameters follows.
 *
 * The whole step is written down before anything is asked of the engine; the losses are read once, at the end.
 * Should one of them, or a gradient, not be a finite number, then all is put back as it was.
 */
export class Steps {
  readonly #trainee: Trainee;
  readonly #settings: StepSettings;
  readonly #repeater: Repeater<Noted>;
  #before?: Snapshot;
  #sum: Vectors = {};
  #read: Record<string, number>[] = [];
  #samples: SampleLosses[] = [];

  constructor(trainee: Trainee, settings: StepSettings) {
    this.#trainee = trainee;
    this.#settings = settings;
    // Sums over the batches of a step are neither inputs nor variables.
    this.#repeater = createRepeater<Noted>(settings.accum_iter === 1);
  }

  /**
   * Learns from the next batch of iteration `iter` (from 1).
   * @returns what became of the step, with its last batch; undefined before
   */
  async learn(batch: Batch, iter: number, rates: Rates): Promise<StepResult | undefined> {
    const { accum_iter } = this.#settings;
    this.#before ??= snapshot(this.#trainee);
    const last = this.#read.length === accum_iter - 1;
    const { values, note } = await this.#compute(batch, iter, last ? rates : undefined);
    const { names, each } = note;
    this.#read.push(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
    const from = (i: number): number => names.length + i * batch.size;
    this.#samples.push(Object.fromEntries(each.map((name, i) => [name, values.slice(from(i), from(i + 1))])));
    return last ? this.#finish() : undefined;
  }

  /** Whether a step with that batch fits into memory; it is made, and taken back. */
  async fits(batch: Batch, iter: number): Promise<boolean> {
    const trial = new Steps(this.#trainee, { ...this.#settings, accum_iter: 1 });
    const before = snapshot(this.#trainee);
    try {
      await trial.learn(batch, iter, { g: 0, d: 0 });
      return true;
    } catch (error) {
      if (isOutOfMemory(error)) return false;
      throw error;
    } finally {
      trial.dispose();
      before.restore();
      before.dispose();
    }
  }

  /** Forgets a step that was begun, and puts back what it has changed. */
  abandon(): void {
    this.#before?.restore();
    this.#clear();
  }

  dispose(): void {
    this.#clear();
    this.#repeater.dispose();
  }

  #clear(): void {
    this.#before?.dispose();
    tf.dispose(Object.values(this.#sum));
    this.#before = undefined;
    this.#sum = {};
    this.#read = [];
    this.#samples = [];
  }

  /** Computes what a batch says and, with `rates`, what becomes of the weights. */
  async #compute(batch: Batch, iter: number, rates?: Rates): Promise<Done<Noted>> {
    const { usm, net_d_iters, net_d_init_iters } = this.#settings;
    const { generator, discriminator, criteria } = this.#trainee;
    const opponent = criteria.gan && discriminator;
    const trainG = iter % net_d_iters === 0 && iter > net_d_init_iters;
    const pictures = picturesOf(batch, usm);
    const numbers = rates && {
      ...(trainG || !opponent ? { g: generator.adam.next(rates.g) } : {}),
      ...(opponent ? { d: opponent.adam.next(rates.d) } : {}),
    };
    const inputs = [...new Set<tf.Tensor>([...Object.values(pictures), ...Object.values(numbers ?? {})])];
    try {
      return await this.#repeater.run({
        key: `${trainG} ${rates !== undefined}`,
        inputs,
        variables: variablesOf(this.#trainee),
        compute: () => this.#record({ pictures, trainG, numbers }),
      });
    } finally {
      tf.dispose(inputs);
    }
  }

  /** Notes down everything there is to compute. */
  #record({ pictures, trainG, numbers }: Given): { result: tf.Tensor1D; note: Noted } {
    const { generator, discriminator, ema, criteria } = this.#trainee;
    const { accum_iter, clip_grad_norm } = this.#settings;
    const { gan } = criteria;
    const { g, d } =
      gan && discriminator
        ? esrganGradients(generator, discriminator, pictures, { ...criteria, gan }, trainG)
        : { g: esrnetGradient(generator, pictures, criteria), d: undefined };
    const parts: Record<string, tf.Scalar> = { ...g?.parts, ...d?.parts };
    const sum = this.#add({ g: g?.vector, d: d?.vector });
    if (!numbers) for (const vector of Object.values(sum)) tf.keep(vector);
    this.#sum = numbers ? {} : sum;
    if (numbers) {
      const mean = (vector: tf.Tensor1D) =>
        accum_iter === 1 ? vector : tf.mul<tf.Tensor1D>(vector, 1 / accum_iter);
      if (sum.g && numbers.g)
        parts['gradient g'] = applyGradient(generator, mean(sum.g), numbers.g, clip_grad_norm);
      if (sum.d && numbers.d && discriminator)
        parts['gradient d'] = applyGradient(discriminator, mean(sum.d), numbers.d, clip_grad_norm);
      ema.update(generator.weights.vector);
    }
    const scalars = tf.stack(Object.values(parts)) as tf.Tensor1D;
    const result = g?.samples ? tf.concat([scalars, ...Object.values(g.samples)]) : scalars;
    return { result, note: { names: Object.keys(parts), each: Object.keys(g?.samples ?? {}) } };
  }

  /** Gradients of the batches of this step so far; the old sums are disposed of. */
  #add(vectors: Vectors): Vectors {
    const { g, d } = this.#sum;
    const sum: Vectors = {};
    if (vectors.g) sum.g = g ? tf.add<tf.Tensor1D>(g, vectors.g) : vectors.g;
    if (vectors.d) sum.d = d ? tf.add<tf.Tensor1D>(d, vectors.d) : vectors.d;
    tf.dispose([g, d].filter((tensor) => tensor !== undefined));
    return sum;
  }

  #finish(): StepResult {
    const [read, samples] = [this.#read, this.#samples];
    const applied = read.every((values) => Object.values(values).every(Number.isFinite));
    if (!applied) this.#before?.restore();
    this.#clear();
    const names = Object.keys(read[0]!).filter((name) => !name.startsWith('gradient '));
    const mean = (name: string) => read.reduce((sum, values) => sum + values[name]!, 0) / read.length;
    return { losses: Object.fromEntries(names.map((name) => [name, mean(name)])), samples, applied };
  }
}
