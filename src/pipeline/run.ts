import { Worker } from 'node:worker_threads';
import { type Observable, ReplaySubject } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import type { RunEvent, RunSummary, StageStats } from '../events.js';
import { Meter } from '../flow/index.js';
import type { Batch, BatchSource } from '../training/batch.js';
import type { TrainSummary } from '../training/train.js';
import { type DataSetup, type FromData, fromPlain, type ToData } from './messages.js';

export interface RunOptions {
  /** Abort it to stop: what is under way is finished, what is due is written, and `done` resolves. */
  readonly signal?: AbortSignal;
  /** Batch to start with, from 0; the sequence from there is that of an uninterrupted run. */
  readonly startBatch?: number;
}

export interface PipelineRun {
  /** Everything the run has to say, from its beginning whenever subscribed; completes with the run and never errors. */
  readonly events: Observable<RunEvent>;
  /** Resolves when the run has ended or was stopped; rejects when it failed. */
  readonly done: Promise<RunSummary>;
}

/**
 * Runs a pipeline: the stream in a thread of its own, training (if that is the sink) in this one.
 *
 * @example
 * const run = runPipeline(await loadPipeline('pipelines/quickstart.yml'));
 * run.events.subscribe((event) => event.type === 'iter' && console.log(event.losses));
 * const summary = await run.done;
 */
export function runPipeline(pipeline: Pipeline, options: RunOptions = {}): PipelineRun {
  const events = new ReplaySubject<RunEvent>();
  const done = start(pipeline, options, (event) => events.next(event));
  done.then(
    () => events.complete(),
    () => events.complete(),
  );
  return { events: events.asObservable(), done };
}

async function start(
  pipeline: Pipeline,
  options: RunOptions,
  emit: (event: RunEvent) => void,
): Promise<RunSummary> {
  const signal = options.signal ?? new AbortController().signal;
  const started = performance.now();
  const trainer = new Meter('train');
  let peakRss = 0;
  const isTraining = pipeline.sink.kind === 'train';
  const withTrainer = (stages: readonly StageStats[]): StageStats[] => [
    ...stages,
    ...(isTraining ? [trainer.snapshot()] : []),
  ];

  const data = new DataThread({ pipeline, startBatch: options.startBatch ?? 0 }, trainer, (event) => {
    if (event.type !== 'stats') return emit(event);
    peakRss = Math.max(peakRss, event.rss);
    emit({ ...event, stages: withTrainer(event.stages) });
  });
  const stop = (): void => data.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    let training: TrainSummary | undefined;
    if (pipeline.sink.kind === 'train') {
      const { train } = await import('../training/train.js');
      training = await train(data, pipeline.sink.options, { name: pipeline.name, signal, emit });
      data.stop();
    }
    const end = await data.end;
    const summary: RunSummary = {
      name: pipeline.name,
      stopped: training?.stopped ?? signal.aborted,
      elapsedMs: performance.now() - started,
      files: end.files,
      crops: end.crops,
      batches: end.batches,
      stages: withTrainer(end.stages),
      peakRss,
      ...(pipeline.sink.kind === 'write' && {
        written: { files: end.written, existing: end.existing, folder: pipeline.sink.options.folder },
      }),
      ...(training && { losses: training.losses, validation: training.validation }),
    };
    emit({ type: 'end', summary });
    return summary;
  } finally {
    signal.removeEventListener('abort', stop);
    await data.close();
  }
}

type EndMessage = Extract<FromData, { type: 'end' }>;

/** The other side of `data-thread.ts`, as the source of the trainer's batches. */
class DataThread implements BatchSource {
  readonly end: Promise<EndMessage>;
  readonly #worker: Worker;
  readonly #meter: Meter;
  readonly #ready: Batch[] = [];
  #ended = false;
  #failure?: Error;
  #wake = (): void => {};

  constructor(setup: DataSetup, meter: Meter, emit: (event: RunEvent) => void) {
    this.#meter = meter;
    this.#worker = new Worker(new URL('./data-thread.js', import.meta.url), { workerData: setup });
    this.end = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#failure = error;
        this.#wake();
        reject(error);
      };
      this.#worker.on('message', (message: FromData) => {
        if (message.type === 'event') emit(message.event);
        else if (message.type === 'batch') {
          meter.in++;
          this.#ready.push(message.batch);
        } else if (message.type === 'error') fail(fromPlain(message.error));
        else {
          this.#ended = true;
          resolve(message);
        }
        this.#wake();
      });
      this.#worker.on('error', fail);
      this.#worker.on('exit', (code) => fail(new Error(`the data thread ended with code ${code}`)));
    });
    this.end.catch(() => {});
  }

  async next(): Promise<Batch | undefined> {
    while (this.#ready.length === 0) {
      if (this.#failure) throw this.#failure;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#ready.shift();
  }

  done({ index, lq, gt }: Batch): void {
    this.#meter.out++;
    const buffers = [lq.buffer as ArrayBuffer, gt.buffer as ArrayBuffer] as const;
    this.#tell({ type: 'done', index, lq: buffers[0], gt: buffers[1] }, buffers);
  }

  stop(): void {
    this.#tell({ type: 'stop' });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(message: ToData, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
