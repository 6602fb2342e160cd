import { setImmediate } from 'node:timers/promises';
import { EsrganError } from '../errors.js';
import type { RunEvent } from '../events.js';
import type { BatchSource } from './batch.js';
import { BestKeeper } from './best.js';
import { Examiner } from './examiner.js';
import { culpritText, notFinite, recordNonfinite } from './nonfinite.js';
import type { TrainOptions } from './options.js';
import type { Prepared } from './prepare.js';
import { Recorder } from './recorder.js';
import { Requests } from './requests.js';
import { SamplesLog } from './samples-log.js';
import { Saver } from './saver.js';
import type { Progress, Validations } from './state/types.js';
import { type Made, Stepper } from './stepper.js';
import type { TrainSummary } from './train.js';
import type { Trainee } from './trainee.js';

export interface LoopSetup {
  readonly source: BatchSource;
  readonly options: TrainOptions;
  readonly prepared: Prepared;
  readonly trainee: Trainee;
  readonly recipe: unknown;
  readonly engine: string;
  readonly signal: AbortSignal;
  readonly requests?: Requests;
  emit(event: RunEvent): void;
  /** The batch that the source starts with. */
  readonly startBatch?: number;
}

/** The training loop: everything that happens between the first step and the last. */
export class Loop {
  readonly #setup: LoopSetup;
  readonly #stepper: Stepper;
  readonly #recorder: Recorder;
  readonly #saver: Saver;
  readonly #examiner: Examiner;
  readonly #best: BestKeeper;
  readonly #requests: Requests;
  readonly #samples?: SamplesLog;
  readonly #validation: Validations[number][];
  /** Steps that are done, where the stream stands after them, and its last batch. */
  #iter: number;
  #cursor: number;
  #epoch: number;
  #batchSize = 0;

  private constructor(setup: LoopSetup, examiner: Examiner) {
    const { options, prepared, trainee, recipe } = setup;
    const { train, logger } = options;
    const before = prepared.resumed?.progress;
    this.#setup = setup;
    this.#examiner = examiner;
    this.#requests = setup.requests ?? new Requests();
    this.#stepper = new Stepper(setup, setup.startBatch ?? before?.batches ?? 0);
    this.#recorder = new Recorder(train.total_iter, logger.print_freq, setup.emit, before);
    this.#saver = new Saver(prepared.experiment, trainee, options, recipe);
    this.#best = new BestKeeper(options, before?.best);
    this.#validation = [...(before?.validation ?? [])];
    this.#iter = before?.iter ?? 0;
    this.#cursor = setup.startBatch ?? before?.batches ?? 0;
    this.#epoch = before?.epoch ?? 0;
    if (logger.log_samples) this.#samples = new SamplesLog(prepared.experiment.samples, this.#iter);
  }

  static async open(setup: LoopSetup): Promise<Loop> {
    const { options, trainee, prepared, emit } = setup;
    const { scale } = trainee.generator.network;
    return new Loop(setup, await Examiner.open(options, scale, prepared.experiment, emit));
  }

  async run(): Promise<TrainSummary> {
    const { options, signal, emit } = this.#setup;
    const { total_iter } = options.train;
    if (this.#iter >= total_iter)
      emit({
        type: 'warning',
        message: `nothing to train: ${this.#iter} of ${total_iter} iterations are done`,
      });
    try {
      await this.#train();
    } finally {
      this.#stepper.dispose();
      this.#samples?.close();
    }
    const iters = this.#iter;
    const stopped = signal.aborted && iters < total_iter;
    if (!stopped && iters < total_iter)
      emit({ type: 'warning', message: `the batches ended after ${iters} of ${total_iter} iterations` });
    const checkpoint = await this.#save();
    await this.#saver.latest(checkpoint);
    // Not before the state is saved: a run that goes on sums up the same steps as one that never stopped.
    this.#recorder.flush();
    if (!stopped && !this.#examiner.idle) await this.#validate();
    const { pictures } = this.#examiner;
    return {
      iters,
      stopped,
      losses: this.#recorder.losses,
      validation: this.#validation,
      checkpoint,
      pictures,
    };
  }

  async #train(): Promise<void> {
    const { train, val, logger } = this.#setup.options;
    let bad = 0;
    for (;;) {
      const iter = this.#iter + bad + 1;
      if (iter > train.total_iter) {
        this.#iter = Math.max(this.#iter, train.total_iter);
        return;
      }
      await this.#attend();
      const made = await this.#stepper.step(iter);
      if (!made) return;
      const { result, batches, lrs, time, timeData } = made;
      if (!result.applied) {
        bad++;
        await this.#bad(iter, made, bad);
        continue;
      }
      bad = 0;
      const last = batches.at(-1)!;
      this.#iter = iter;
      this.#cursor = last.index + 1;
      this.#epoch = last.epoch;
      this.#batchSize = Math.max(this.#batchSize, last.size);
      this.#recorder.add({ epoch: last.epoch, iter, lrs, losses: result.losses, time, timeData });
      this.#samples?.add(iter, batches, result.samples);
      if (isDue(iter, val?.val_freq) && iter < train.total_iter) await this.#validate();
      if (isDue(iter, logger.save_checkpoint_freq) && iter < train.total_iter) await this.#saveOnTheWay();
      // Messages from other threads and Ctrl-C get their turn here: a step itself may block the thread.
      await setImmediate();
    }
  }

  /** Does what was asked for since the last step, and waits while the run is to pause. */
  async #attend(): Promise<void> {
    const { signal, emit } = this.#setup;
    const requests = this.#requests;
    let told = false;
    for (;;) {
      const { save, validate } = requests.take();
      if (validate && !signal.aborted) await this.#validateNow();
      if (save) await this.#saveOnTheWay();
      if (signal.aborted) break;
      // Meanwhile more may have been asked for, which belongs to this step too.
      if (save || validate) continue;
      if (!requests.paused) break;
      if (!told) emit({ type: 'state', state: 'paused' });
      told = true;
      await requests.next(signal);
    }
    if (told) emit({ type: 'state', state: 'running' });
  }

  /** Nothing is measured twice with the same weights. */
  async #validateNow(): Promise<void> {
    if (this.#examiner.idle || this.#validation.at(-1)?.iter === this.#iter) return;
    await this.#validate();
  }

  async #bad(iter: number, { result, batches }: Made, inARow: number): Promise<void> {
    const { emit, options, prepared } = this.#setup;
    const culprit = await recordNonfinite(prepared.experiment, iter, result.losses, batches);
    emit({ type: 'warning', message: culpritText(iter, culprit) });
    if (inARow < options.train.nonfinite_limit) return;
    throw notFinite(iter, inARow, culprit, await this.#save());
  }

  #progress(): Progress {
    return {
      iter: this.#iter,
      epoch: this.#epoch,
      batches: this.#cursor,
      batchSize: this.#batchSize || (this.#setup.prepared.resumed?.progress.batchSize ?? 0),
      engine: this.#setup.engine,
      losses: this.#recorder.losses,
      pending: this.#recorder.pending,
      validation: this.#validation,
      best: this.#best.values,
    };
  }

  async #save(): Promise<string> {
    this.#samples?.sync();
    const file = await this.#saver.save(this.#progress());
    this.#setup.emit({ type: 'saved', what: 'checkpoint', path: file });
    return file;
  }

  /** A full disk is no reason to end a run that may yet find room: it is said, and training goes on. */
  async #saveOnTheWay(): Promise<void> {
    try {
      await this.#save();
    } catch (error) {
      if (!(error instanceof EsrganError && error.code === 'DISK_FULL')) throw error;
      const message = `iteration ${this.#iter} is not saved: ${error.message}. ${error.remedy}`;
      this.#setup.emit({ type: 'warning', message });
    }
  }

  async #validate(): Promise<void> {
    const iter = this.#iter;
    const results = await this.#examiner.examine(this.#setup.trainee, iter);
    this.#validation.push({ iter, results });
    if (!this.#setup.options.logger.keep_best) return;
    for (const metric of this.#best.better(iter, results)) await this.#saver.weights(iter, `best_${metric}`);
  }
}

const isDue = (iter: number, freq: number | undefined): boolean => freq !== undefined && iter % freq === 0;
