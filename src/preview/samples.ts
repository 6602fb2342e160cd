import { lastValueFrom, toArray } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import { Account } from '../pipeline/account.js';
import { memoryPlan, poolPlan } from '../pipeline/memory.js';
import { visits } from '../pipeline/stream.js';
import { planEpochs, type RunOrder, samplesPerEpoch } from '../plan/epochs.js';
import { sampleId } from '../plan/steps.js';
import type { Sample, Source, Visit } from '../plan/types.js';
import { foundOrder, shuffledOrder } from '../stages/shuffle/shuffle.js';

/** Looking at a pipeline books no files. */
const spectator = (): Account => new Account(new AbortController().signal, () => {});

export interface SampleRange {
  /** Position of the first sample in the run, from 0. */
  readonly start?: number;
  readonly count: number;
  /** Go on with further epochs although the run would end. */
  readonly endless?: boolean;
  /** In the order in which a pool of pairs hands them on, if the pipeline has one. */
  readonly pooled?: boolean;
}

/** Samples in the order in which a run takes them, from headers alone. */
export async function plannedSamples(pipeline: Pipeline, range: SampleRange): Promise<Sample[]> {
  const { sink } = pipeline;
  const epochs = pipeline.epochs ?? (sink.kind === 'train' ? undefined : 1);
  const run = {
    epochs: range.endless ? undefined : epochs,
    start: range.start ?? 0,
    pool: range.pooled ? poolPlan(pipeline) : undefined,
  };
  const samples: Sample[] = [];
  if (range.count < 1) return samples;
  for (const sample of inOrderOfRun(await allVisits(pipeline), pipeline, run)) {
    samples.push(sample);
    if (samples.length === range.count) break;
  }
  return samples;
}

/**
 * The sample of that id, at its place in the run. Throws EsrganError TRACE_UNKNOWN when the pipeline has no such
 * photograph or window.
 */
export async function findSample(pipeline: Pipeline, id: string, epoch: number): Promise<Sample> {
  const all = await allVisits(pipeline);
  const name = /^(.+)@[^@]+$/s.exec(id)?.[1] ?? id;
  const visit = all.find(({ source }) => source.id === name);
  const known = visit?.windows.map((window) => sampleId(visit, window)) ?? [];
  if (known.includes(id)) {
    const run = { epochs: epoch + 1, start: epoch * samplesPerEpoch(all) };
    for (const sample of inOrderOfRun(all, pipeline, run)) if (sample.id === id) return sample;
  }
  throw new EsrganError('TRACE_UNKNOWN', `pipeline ${pipeline.name} has no sample ${id}`, {
    place: { file: pipeline.file },
    remedy: visit
      ? `${name} has ${known.slice(0, MOST_NAMED).join(', ')}${known.length > MOST_NAMED ? ', ...' : ''}`
      : `It has no photograph ${name}. Ids stand in the provenance file of the metadata stage.`,
  });
}

const MOST_NAMED = 8;

/** Where each sample of an epoch stands in the run, by its id. */
export function positionsOf(pipeline: Pipeline, all: readonly Visit[], epoch: number): Map<string, number> {
  const run = { epochs: epoch + 1, start: epoch * samplesPerEpoch(all) };
  return new Map([...inOrderOfRun(all, pipeline, run)].map(({ id, position }) => [id, position]));
}

/** The photographs of a pipeline, or those that are `known`, with all windows that a run cuts from them. */
export const allVisits = (pipeline: Pipeline, known?: readonly Source[]): Promise<Visit[]> =>
  lastValueFrom(visits(pipeline, spectator(), undefined, known).pipe(toArray()));

function* inOrderOfRun(
  all: readonly Visit[],
  pipeline: Pipeline,
  run: Omit<RunOrder, 'seed'>,
): Generator<Sample> {
  const { seed, stages } = pipeline;
  const order = stages.shuffle ? shuffledOrder(seed, memoryPlan(pipeline).shuffle) : foundOrder;
  for (const step of planEpochs(all, { seed, ...run }, order)) if (step.kind === 'sample') yield step.sample;
}
