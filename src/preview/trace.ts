import { z } from 'zod';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { Sample } from '../plan/types.js';
import type { PairRecord } from '../training/batch.js';
import { createRebuilder, type Rebuilder } from './rebuild.js';
import { findSample, plannedSamples } from './samples.js';
import type { TracedPair } from './types.js';

/** Which pairs of a run: by id (or by a row of provenance as JSON), or all rows of a batch. */
export type TraceWanted =
  | { readonly ids: readonly string[]; readonly epoch?: number }
  | { readonly batch: number };

/** A row of a provenance file; the record of a batch's row holds what was drawn as well. */
const Row = z.looseObject({
  id: z.string(),
  seed: z.string().optional(),
  epoch: z.number().int().min(0).optional(),
  augment: z
    .looseObject({
      hflip: z.boolean(),
      vflip: z.boolean(),
      rot90: z.boolean(),
      x: z.number().int().min(0),
      y: z.number().int().min(0),
      size: z.number().int().min(0),
    })
    .optional(),
  degradations: z.array(z.looseObject({ name: z.string(), params: z.json() })).optional(),
});

/**
 * Rebuilds training pairs of a pipeline from their records alone, with the image after every operator. gt and lq
 * are bit-identical to what the run trains on.
 *
 * @throws EsrganError TRACE_UNKNOWN (no such photograph or window), TRACE_RECORD (not a row of provenance),
 * TRACE_BATCH (no such batch), NO_DEGRADE, and what reading and degrading throw
 * @example
 * const [pair] = await trace(await loadPipeline('pipelines/quickstart.yml'), { ids: ['rocket.jpg@HR:400x400+0+0'] });
 * console.log(pair.record.degradations);
 */
export async function trace(pipeline: Pipeline, wanted: TraceWanted): Promise<TracedPair[]> {
  const rebuilder = await createRebuilder(pipeline);
  if ('batch' in wanted) return traceBatch(pipeline, wanted.batch, rebuilder);
  const pairs: TracedPair[] = [];
  for (const id of wanted.ids) pairs.push(await traceOne(pipeline, id, wanted.epoch ?? 0, rebuilder));
  return pairs;
}

async function traceOne(
  pipeline: Pipeline,
  written: string,
  epoch: number,
  { draw, rebuild }: Rebuilder,
): Promise<TracedPair> {
  if (!written.trimStart().startsWith('{')) {
    const sample = await findSample(pipeline, written, epoch);
    return rebuild(sample, draw(sample));
  }
  const row = parseRow(written);
  const found = await findSample(pipeline, row.id, row.epoch ?? epoch);
  const sample: Sample = { ...found, seed: row.seed ?? found.seed };
  const { augment, degradations } = row;
  const record: PairRecord =
    augment && degradations
      ? { id: sample.id, epoch: sample.epoch, seed: sample.seed, augment, degradations }
      : draw(sample);
  return rebuild(sample, record);
}

function parseRow(text: string): z.infer<typeof Row> {
  try {
    return Row.parse(JSON.parse(text));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const why = issue ? `${issue.path.join('.')}: ${issue.message}` : (cause as Error).message;
    throw new EsrganError('TRACE_RECORD', `this is not a row of provenance: ${why}`, {
      cause,
      remedy: 'Give a whole line of the provenance file, in quotes, or only its id.',
    });
  }
}

async function traceBatch(
  pipeline: Pipeline,
  k: number,
  { draw, rebuild }: Rebuilder,
): Promise<TracedPair[]> {
  const { batch } = pipeline.stages;
  if (!batch)
    throw new EsrganError('TRACE_BATCH', `pipeline ${pipeline.name} makes no batches`, {
      place: { file: pipeline.file },
      remedy: 'Give the id of a sample, or add the stage batch.',
    });
  const samples = await plannedSamples(pipeline, {
    start: k * batch.size,
    count: batch.size,
    pooled: true,
  });
  if (samples.length === 0)
    throw new EsrganError('TRACE_BATCH', `the run ends before batch ${k}`, {
      place: { file: pipeline.file },
      remedy: 'Batches count from 0; `esrgan run --dry-run` says how many there are in an epoch.',
    });
  let failure: unknown;
  const pairs: (TracedPair | undefined)[] = [];
  for (const sample of samples) {
    try {
      pairs.push(await rebuild(sample, draw(sample)));
    } catch (error) {
      if (!(error instanceof EsrganError)) throw error;
      failure ??= error;
      pairs.push(undefined);
    }
  }
  // As the batch stage does: the place of a pair that is missing is taken by another one of the batch.
  const present = pairs.filter((pair) => pair !== undefined);
  if (present.length === 0) throw failure;
  return pairs.map((pair, i) => pair ?? present[i % present.length]);
}
