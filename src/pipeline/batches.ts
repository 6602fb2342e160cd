import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { RunEvent } from '../events.js';
import { pull } from '../flow/index.js';
import { type Batch, buffersOf } from '../training/batch.js';
import { DataThread } from './data-side.js';
import type { RunOptions } from './run.js';

export interface ReadBatchesOptions extends RunOptions {
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * The batches of a pipeline, for a training loop of your own: the pipeline's sink is not used. While you work
 * on a batch, the next ones are made in other threads. A batch belongs to you until you ask for the next one.
 *
 * @throws EsrganError `NO_BATCHES` when the pipeline has no degrade or no batch stage
 * @example
 * for await (const { lq, lqShape, gt, rows } of readBatches(await loadPipeline('pipelines/quickstart.yml'))) {
 *   // lq: Uint8Array of shape lqShape = [n, h, w, 3]; rows[i] tells where pair i comes from
 * }
 */
export async function* readBatches(
  pipeline: Pipeline,
  options: ReadBatchesOptions = {},
): AsyncGenerator<Batch> {
  if (!(pipeline.stages.degrade || pipeline.source.dataroot_lq !== undefined) || !pipeline.stages.batch) {
    throw new EsrganError('NO_BATCHES', `pipeline ${pipeline.name} makes no batches`, {
      place: { file: pipeline.file },
      remedy: 'Add the stages degrade and batch.',
    });
  }
  const setup = { pipeline, startBatch: options.startBatch ?? 0, deliver: true };
  const data = new DataThread(setup, options.onEvent ?? (() => {}));
  const { queue } = pull(data.batches);
  const stop = (): void => data.stop();
  options.signal?.addEventListener('abort', stop);
  try {
    for await (const { batch, release } of queue) {
      yield batch;
      release(buffersOf(batch));
    }
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await data.close();
  }
}
