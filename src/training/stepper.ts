import type { Batch, BatchSource } from './batch.js';
import { fittingSize, isOutOfMemory, outOfMemory } from './memory.js';
import { nextBatch } from './next-batch.js';
import type { TrainOptions } from './options.js';
import { learningRate } from './schedule.js';
import { type StepResult, Steps } from './step/step.js';
import type { Trainee } from './trainee.js';

export interface StepperSetup {
  readonly source: BatchSource;
  readonly options: TrainOptions;
  readonly trainee: Trainee;
  readonly signal: AbortSignal;
}

/** A step that has been made, and the batches it was made of. */
export interface Made {
  readonly result: StepResult;
  readonly batches: readonly Batch[];
  /** Learning rates of the generator and, if there is one, of the discriminator. */
  readonly lrs: readonly number[];
  /** Seconds of the step, and of those the wait for batches. */
  readonly time: number;
  readonly timeData: number;
}

/** Makes steps of the batches of a source, as many of them as a step takes, and times both. */
export class Stepper {
  readonly #setup: StepperSetup;
  readonly #steps: Steps;
  readonly #from: number;
  #begun = false;

  /** @param from batches before this one were used before the run was interrupted */
  constructor(setup: StepperSetup, from: number) {
    const { options, trainee } = setup;
    this.#setup = setup;
    this.#from = from;
    this.#steps = new Steps(trainee, {
      ...options.train,
      usm: { l1: options.l1_gt_usm, percep: options.percep_gt_usm, gan: options.gan_gt_usm },
    });
  }

  /**
   * Makes one step; undefined when the batches end or the run is being stopped.
   * @throws EsrganError `OUT_OF_MEMORY` with the batch size that would fit
   */
  async step(iter: number): Promise<Made | undefined> {
    const { source } = this.#setup;
    const started = performance.now();
    const lrs = this.#rates(iter);
    const batches: Batch[] = [];
    let waited = 0;
    for (;;) {
      const asked = performance.now();
      const batch = await this.#next();
      waited += performance.now() - asked;
      if (!batch) {
        this.#steps.abandon();
        return undefined;
      }
      batches.push(batch);
      try {
        const result = await this.#learn(batch, iter, lrs);
        const time = (performance.now() - started) / 1000;
        if (result) return { result, batches, lrs, time, timeData: waited / 1000 };
      } finally {
        source.done(batch);
      }
    }
  }

  dispose(): void {
    this.#steps.dispose();
  }

  #rates(iter: number): number[] {
    const { train } = this.#setup.options;
    const optimizers = [train.optim_g, ...(this.#setup.trainee.discriminator ? [train.optim_d] : [])];
    return optimizers.map(({ lr }) => learningRate({ ...train, lr }, iter));
  }

  async #learn(batch: Batch, iter: number, lrs: readonly number[]): Promise<StepResult | undefined> {
    try {
      return await this.#steps.learn(batch, iter, { g: lrs[0]!, d: lrs[1] ?? 0 });
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      this.#steps.abandon();
      const size = await fittingSize(batch, (part) => this.#steps.fits(part, iter));
      throw outOfMemory(batch, size, error);
    }
  }

  /** The next batch; those that the run has used before it was interrupted are passed over. */
  async #next(): Promise<Batch | undefined> {
    const { source, signal } = this.#setup;
    for (;;) {
      const batch = await nextBatch(source, signal);
      if (!batch || this.#begun || batch.index >= this.#from) {
        this.#begun = true;
        return batch;
      }
      source.done(batch);
    }
  }
}
