import { setImmediate } from 'node:timers/promises';
import { useEngine } from '../engines/index.js';
import { EsrganError } from '../errors.js';
import type { RunEvent, RunSummary } from '../events.js';
import type { Batch, BatchSource } from './batch.js';
import { openExperiment } from './experiment.js';
import { nextBatch } from './next-batch.js';
import type { TrainOptions } from './options.js';
import { Recorder } from './recorder.js';
import { learningRate } from './schedule.js';
import { Session } from './session.js';
import { trainingStep } from './step.js';

export interface TrainContext {
  /** Name of the experiment when the options give none. */
  readonly name: string;
  /** Aborted when training is to stop: the step under way is finished and a checkpoint written. */
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
}

export interface TrainSummary {
  /** Steps done. */
  readonly iters: number;
  /** True when the signal ended training, false when it came to its end. */
  readonly stopped: boolean;
  /** Losses per record (see logger.print_freq): means over the steps since the record before. */
  readonly losses: NonNullable<RunSummary['losses']>;
  readonly validation: NonNullable<RunSummary['validation']>;
  /** Absolute paths of the last checkpoint and of the last side-by-side pictures. */
  readonly checkpoint: string;
  readonly pictures: readonly string[];
}

/**
 * Trains a network on the batches of `source` until `total_iter` steps are done, the batches end or the
 * signal stops it; writes checkpoints and validates on the way as the options say, and at the end.
 *
 * @throws EsrganError `LOSS_NOT_FINITE` naming the iteration and the samples of the batch; the weights of
 * the step before are saved first. `VAL_IMAGES`, `CHECKPOINT_INVALID` for files that cannot be used.
 */
export async function train(
  source: BatchSource,
  options: TrainOptions,
  ctx: TrainContext,
): Promise<TrainSummary> {
  const engine = await useEngine(options.engine);
  ctx.emit({ type: 'engine', engine: engine.name, reason: engine.reason });
  const experiment = await openExperiment(options.path.experiments_root, options.name ?? ctx.name);
  const session = await Session.open(options, experiment, ctx.emit);
  try {
    return await loop(source, options, ctx, session);
  } finally {
    session.dispose();
  }
}

async function loop(
  source: BatchSource,
  { train: training, val, logger }: TrainOptions,
  { signal, emit }: TrainContext,
  session: Session,
): Promise<TrainSummary> {
  const schedule = { ...training, lr: training.optim_g.lr };
  const recorder = new Recorder(training.total_iter, logger.print_freq, emit);
  let iters = 0;
  while (iters < training.total_iter) {
    const started = performance.now();
    const batch = await nextBatch(source, signal);
    if (!batch) break;
    const ready = performance.now();
    const iter = iters + 1;
    const lr = learningRate(schedule, iter);
    const losses = step(source, session, batch, lr);
    if (!Number.isFinite(losses.l_pix)) throw await notFinite(session, batch, iter, losses.l_pix);
    iters = iter;
    const time = (performance.now() - started) / 1000;
    recorder.add({ epoch: batch.epoch, iter, lr, losses, time, timeData: (ready - started) / 1000 });
    if (isDue(iter, logger.save_checkpoint_freq)) await session.save(iter);
    if (isDue(iter, val?.val_freq) && iter < training.total_iter) await session.validate(iter);
    // Messages from other threads and Ctrl-C get their turn here: a step itself blocks the thread.
    await setImmediate();
  }
  recorder.flush();
  const stopped = signal.aborted && iters < training.total_iter;
  if (!stopped && iters < training.total_iter)
    emit({
      type: 'warning',
      message: `the batches ended after ${iters} of ${training.total_iter} iterations`,
    });
  const checkpoint = await session.finish(iters);
  if (!stopped) await session.validate(iters);
  const { validation, pictures } = session;
  return { iters, stopped, losses: recorder.losses, validation, checkpoint, pictures };
}

function step(source: BatchSource, session: Session, batch: Batch, lr: number): { l_pix: number } {
  try {
    return trainingStep(session.trainee, batch, lr);
  } finally {
    source.done(batch);
  }
}

const isDue = (iter: number, freq: number | undefined): boolean => freq !== undefined && iter % freq === 0;

async function notFinite(session: Session, batch: Batch, iter: number, loss: number): Promise<EsrganError> {
  const saved = await session.save(iter - 1);
  const ids = batch.rows.map((row) => row.id).join(', ');
  return new EsrganError('LOSS_NOT_FINITE', `the loss became ${loss} in iteration ${iter}; samples: ${ids}`, {
    remedy: `Lower train.optim_g.lr or raise train.warmup_iter; to go on from the weights of the step before, set path.pretrain_network_g to ${saved}.`,
  });
}
