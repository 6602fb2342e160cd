import path from 'node:path';
import { type EngineChoice, useEngine } from '../engines/index.js';
import type { RunEvent, RunSummary } from '../events.js';
import type { BatchSource } from './batch.js';
import { writeCopies } from './copies.js';
import { LogFile } from './log/file.js';
import { TensorBoard } from './log/tensorboard.js';
import { Loop } from './loop.js';
import { openTrainee } from './open-trainee.js';
import type { TrainOptions } from './options.js';
import { type Prepared, prepare } from './prepare.js';
import type { Requests } from './requests.js';
import { changes } from './state/changes.js';

export interface TrainContext {
  /** Name of the experiment when the options give none. */
  readonly name: string;
  /** Aborted when training is to stop: the step under way is finished and a checkpoint written. */
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
  /** What may be asked of it while it goes on. */
  readonly requests?: Requests;
  /** What `prepare` has found; without it, it is called here, and batches before the cursor are passed over. */
  readonly prepared?: Prepared;
  /** The batch that the source starts with, see prepare's startBatch. */
  readonly startBatch?: number;
  /** Plain JSON of the pipeline that makes the batches: noted down, and compared when a run goes on. */
  readonly pipeline?: unknown;
  /** Files to be copied into the experiment's folder: what the run was started with. */
  readonly copies?: readonly { readonly name: string; readonly text: string }[];
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
 * Trains a network, or two against each other, on the batches of `source` until `total_iter` steps are done, the
 * batches end or the signal stops it; writes checkpoints and validates on the way as the options say, and at the
 * end. With `path.resume_state` it goes on as if it had never stopped: on the same engine, to the bit.
 *
 * @throws EsrganError `LOSS_NOT_FINITE` naming the iteration and the samples of the batch; the last good state
 * is saved first. `OUT_OF_MEMORY` with the batch size that would fit; `DISK_FULL`; `VAL_IMAGES`, `RESUME_STATE`,
 * `NETWORK_WEIGHTS` and others for files that cannot be used.
 */
export async function train(
  source: BatchSource,
  options: TrainOptions,
  ctx: TrainContext,
): Promise<TrainSummary> {
  const engine = await useEngine(options.engine, options.execution);
  const prepared = ctx.prepared ?? (await prepare(options, ctx.name));
  const { experiment, resumed } = prepared;
  const log = new LogFile(experiment, new Date());
  const from = resumed && resumed.progress.iter + 1;
  const board = options.logger.use_tb_logger ? new TensorBoard(experiment.tensorboard, from) : undefined;
  let { archived } = prepared;
  const emit = (event: RunEvent): void => {
    // Not before this run has something to show: until then the earlier one may get its name back.
    if (archived !== undefined && (event.type === 'iter' || event.type === 'saved')) {
      const message = `the earlier run of this name is now ${shortest(archived)}`;
      archived = undefined;
      emit({ type: 'warning', message });
    }
    log.event(event);
    board?.event(event);
    ctx.emit(event);
  };
  try {
    return await trainWith(source, options, { ...ctx, emit, prepared }, engine, log);
  } finally {
    board?.close();
    if (!ctx.prepared) prepared.release();
  }
}

async function trainWith(
  source: BatchSource,
  options: TrainOptions,
  ctx: TrainContext & { readonly prepared: Prepared },
  engine: EngineChoice,
  log: LogFile,
): Promise<TrainSummary> {
  const { prepared, emit } = ctx;
  emit({ type: 'engine', engine: engine.name, reason: engine.reason });
  const recipe = { options, pipeline: ctx.pipeline };
  await writeCopies(prepared.experiment, options, ctx.copies);
  for (const line of changes(prepared, recipe, engine.name)) emit({ type: 'warning', message: line });
  const { trainee, dispose } = await openTrainee(options, prepared);
  try {
    const loop = await Loop.open({
      ...ctx,
      source,
      options,
      trainee,
      recipe,
      engine: engine.name,
    });
    const summary = await loop.run();
    if (summary.stopped) log.stopped(summary.iters);
    return summary;
  } finally {
    dispose();
  }
}

/** As it is seen from the working folder, where it lies within. */
function shortest(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
