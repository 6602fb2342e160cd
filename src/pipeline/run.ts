import { identity, lastValueFrom, type Observable, Subject } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import type { RunEvent, RunSummary, StageStats } from '../events.js';
import { Meter } from '../flow/index.js';
import { train } from '../stages/train/train.js';
import { outputFolder } from '../stages/write/units/records.js';
import { type Prepared, prepare, putBack, startBatch as resumedAt } from '../training/prepare.js';
import type { TrainContext, TrainSummary } from '../training/train.js';
import { chainOf } from './chain.js';
import { type RunControls, Steering } from './controls.js';
import { DataThread } from './data-side.js';
import { ReportWriter } from './report.js';
import { type SampledPair, samplePairs } from './sampled-pairs.js';
import type { RunPart } from './unit-job.js';
import { unitTarget } from './unit-layout.js';

export interface RunOptions {
  /** Abort it to stop: what is under way is finished, what is due is written, and `done` resolves. */
  readonly signal?: AbortSignal;
  /** Batch to start with, from 0; the sequence from there is that of an uninterrupted run. */
  readonly startBatch?: number;
  /** The command line that repeats the run, for the report. */
  readonly command?: string;
  /** Write only this part of the run; what is made of the whole of it is left to others. */
  readonly part?: RunPart;
  /** Milliseconds between two training pairs that are taken out for looking at; without it none is. */
  readonly pairsEveryMs?: number;
}

export interface PipelineRun {
  /** Everything the run has to say; subscribe in the turn of the call. Completes with the run and never errors. */
  readonly events: Observable<RunEvent>;
  /** Resolves when the run has ended or was stopped; rejects when it failed. */
  readonly done: Promise<RunSummary>;
  /** Pauses the run, asks it for a checkpoint or a validation, or stops it. */
  readonly controls: RunControls;
  /** Training pairs now and then, see `pairsEveryMs`. Completes with the run. */
  readonly pairs: Observable<SampledPair>;
}

/**
 * Runs a pipeline: the stream in a thread of its own, training (if that is the sink) in this one.
 *
 * @example
 * const run = runPipeline(await loadPipeline('pipelines/quickstart.yml'));
 * run.events.subscribe((event) => event.type === 'iter' && console.log(event.losses));
 * const summary = await run.done;
 *
 * @example
 * const run = runPipeline(pipeline);
 * run.controls.pause(); // an event { type: 'state', state: 'paused' } says when it has come to rest
 * run.controls.save(); // a checkpoint, also while it pauses
 * run.controls.resume();
 */
export function runPipeline(pipeline: Pipeline, options: RunOptions = {}): PipelineRun {
  const events = new Subject<RunEvent>();
  const pairs = new Subject<SampledPair>();
  const steering = new Steering(options.signal);
  const report = new ReportWriter(pipeline, options.command);
  const emit = (event: RunEvent): void => {
    report.event(event);
    events.next(event);
  };
  const done = start(pipeline, options, { emit, report, steering, pair: (pair) => pairs.next(pair) });
  const complete = (): void => {
    events.complete();
    pairs.complete();
  };
  done.then(complete, complete);
  return { events: events.asObservable(), done, controls: steering, pairs: pairs.asObservable() };
}

interface Outlets {
  readonly emit: (event: RunEvent) => void;
  readonly pair: (pair: SampledPair) => void;
  readonly report: ReportWriter;
  readonly steering: Steering;
}

async function start(
  pipeline: Pipeline,
  options: RunOptions,
  { emit, pair, report, steering }: Outlets,
): Promise<RunSummary> {
  const { signal, requests } = steering;
  const started = performance.now();
  const trainer = new Meter('train');
  let peakRss = 0;
  const { sink } = pipeline;
  const isTraining = sink.kind === 'train';
  const target = unitTarget(pipeline);
  const withTrainer = (stages: readonly StageStats[]): StageStats[] => [
    ...stages,
    ...(isTraining ? [trainer.snapshot()] : []),
  ];

  // Once here, so that a plug-in that does not load is one error and not one a sample.
  const { degrade } = pipeline.stages;
  if (degrade) await chainOf(pipeline, degrade);

  // Before the stream starts: it begins where an earlier run stopped, and may write to the same folder.
  const prepared = sink.kind === 'train' ? await prepare(sink.options, pipeline.name) : undefined;
  const startBatch =
    options.startBatch ?? (prepared ? resumedAt(prepared, pipeline.stages.batch?.size ?? 1) : 0);
  const data = new DataThread({ pipeline, startBatch, deliver: isTraining, part: options.part }, (event) => {
    if (event.type !== 'stats') return emit(event);
    peakRss = Math.max(peakRss, event.rss);
    emit({ ...event, stages: withTrainer(event.stages) });
  });
  const stop = (): void => data.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  if (!isTraining) steering.onHold = (paused) => data.hold(paused);
  if (!isTraining && requests.paused) data.hold(true);
  try {
    let training: TrainSummary | undefined;
    if (sink.kind === 'train') {
      const ctx: TrainContext = { ...contextOf(pipeline, prepared), signal, emit, startBatch, requests };
      const { pairsEveryMs } = options;
      const batches = data.batches.pipe(
        pairsEveryMs === undefined ? identity : samplePairs(pairsEveryMs, pair),
      );
      training = await lastValueFrom(batches.pipe(train(sink.options, ctx, trainer)));
      data.stop();
    }
    const end = await data.end;
    const summary: RunSummary = {
      name: pipeline.name,
      stopped: training?.stopped ?? signal.aborted,
      elapsedMs: performance.now() - started,
      files: end.files,
      crops: end.crops,
      // Not those that were made ahead and never used.
      batches: training ? trainer.out : end.batches,
      stages: withTrainer(end.stages),
      peakRss,
      ...(target && {
        written: { files: end.written, existing: end.existing, folder: outputFolder(target) },
      }),
      ...(training && { losses: training.losses, validation: training.validation }),
    };
    await report.write(summary, emit);
    emit({ type: 'end', summary });
    return summary;
  } catch (error) {
    await data.close();
    // A wrong path should not cost the name of a run that went well. What is wrong is told in any case.
    if (prepared) await putBack(prepared).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await data.close();
    prepared?.release();
  }
}

/** What a training run notes down about the pipeline that feeds it. */
function contextOf(
  { name, seed, scale, epochs, source, stages, given }: Pipeline,
  prepared: Prepared | undefined,
): Pick<TrainContext, 'name' | 'prepared' | 'pipeline' | 'copies'> {
  return { name, prepared, pipeline: { seed, scale, epochs, source, stages }, copies: given };
}
