import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import { Account } from '../pipeline/account.js';
import { memoryPlan } from '../pipeline/memory.js';
import { visits } from '../pipeline/stream.js';
import { planEpochs, sampleMaker } from '../plan/epochs.js';
import { sampleId } from '../plan/steps.js';
import type { Sample } from '../plan/types.js';
import { foundOrder, shuffledOrder } from '../stages/shuffle/shuffle.js';

/** Looking at a pipeline books no files. */
const spectator = (): Account => new Account(new AbortController().signal, () => {});

export interface SampleRange {
  /** Position of the first sample in the run, from 0. */
  readonly start?: number;
  readonly count: number;
  /** Go on with further epochs although the run would end. */
  readonly endless?: boolean;
}

/** Samples in the order in which a run takes them, from headers alone. */
export async function plannedSamples(pipeline: Pipeline, range: SampleRange): Promise<Sample[]> {
  const all = await lastValueFrom(visits(pipeline, spectator()).pipe(toArray()));
  const { seed, stages, sink } = pipeline;
  const epochs = pipeline.epochs ?? (sink.kind === 'train' ? undefined : 1);
  const run = { seed, epochs: range.endless ? undefined : epochs, start: range.start ?? 0 };
  const order = stages.shuffle ? shuffledOrder(seed, memoryPlan(pipeline).arena) : foundOrder;
  const samples: Sample[] = [];
  if (range.count < 1) return samples;
  for (const step of planEpochs(all, run, order)) {
    if (step.kind === 'sample') samples.push(step.sample);
    if (samples.length === range.count) break;
  }
  return samples;
}

/** The sample of that id. Throws EsrganError TRACE_UNKNOWN when the pipeline has no such photograph or window. */
export async function findSample(pipeline: Pipeline, id: string, epoch: number): Promise<Sample> {
  const name = /^(.+)@[^@]+$/s.exec(id)?.[1] ?? id;
  const photograph = visits(pipeline, spectator()).pipe(filter(({ source }) => source.id === name));
  const visit = await firstValueFrom(photograph, { defaultValue: undefined });
  const window = visit?.windows.find((one) => sampleId(visit, one) === id);
  if (visit && window) return sampleMaker(pipeline.seed, epoch)(visit, window, 0);
  const known = visit && `${name} has ${visit.windows.map((one) => sampleId(visit, one)).join(', ')}`;
  throw new EsrganError('TRACE_UNKNOWN', `pipeline ${pipeline.name} has no sample ${id}`, {
    place: { file: pipeline.file },
    remedy: known ?? `It has no photograph ${name}. Ids stand in the provenance file of the metadata stage.`,
  });
}
