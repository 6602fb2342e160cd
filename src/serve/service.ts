import { availableParallelism } from 'node:os';
import { lastValueFrom, tap, toArray } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { RunEvent } from '../events.js';
import { Arena, Meter } from '../flow/index.js';
import { Account } from '../pipeline/account.js';
import { chainOf } from '../pipeline/chain.js';
import { type MemoryPlan, memoryPlan, poolPlan } from '../pipeline/memory.js';
import { pairPlan, pluginFolder, visits } from '../pipeline/stream.js';
import { planEpochs, samplesPerEpoch } from '../plan/epochs.js';
import type { Step } from '../plan/steps.js';
import type { Visit } from '../plan/types.js';
import type { DegradeOptions } from '../stages/degrade/options.js';
import { fetchSource } from '../stages/discover/access.js';
import { foundOrder, shuffledOrder } from '../stages/shuffle/shuffle.js';
import { Workers } from '../stages/workers/workers.js';
import { Rooms } from './room.js';
import { SharedSources } from './sources.js';

/** What all readers of a pipeline share: its plan, the decoded photographs, and the threads that make pairs. */
export interface Service {
  readonly pipeline: Pipeline;
  readonly account: Account;
  readonly degrade: DegradeOptions;
  readonly memory: MemoryPlan;
  readonly visits: readonly Visit[];
  /** Samples of an epoch. */
  readonly samples: number;
  readonly threads: number;
  readonly arena: Arena;
  readonly rooms: Rooms;
  readonly workers: Workers;
  readonly sources: SharedSources;
  readonly decoding: Meter;
  /** The planned order of the whole run, from the beginning of an epoch, without an end. */
  plan(epoch: number): Iterable<Step>;
  close(): Promise<void>;
}

/** In a run the pairs of a batch lie in memory twice: one by one, and put together. Here nothing is put together. */
const COPIES = 2;

/**
 * Reads the headers of a pipeline's photographs and makes ready to serve its pairs. Its sink, its `epochs` and its stage
 * `metadata` do not matter here.
 *
 * @throws EsrganError `NO_PAIRS` when the pipeline makes no pairs; what planning and plug-ins throw
 */
export async function openService(
  pipeline: Pipeline,
  signal: AbortSignal,
  emit: (event: RunEvent) => void,
): Promise<Service> {
  const { stages, source, seed } = pipeline;
  const degrade = stages.degrade ?? (source.dataroot_lq === undefined ? undefined : { steps: [] });
  if (!degrade) throw noPairs(pipeline);
  // Once here, so that a plug-in that does not load is one error and not one a sample.
  if (stages.degrade) await chainOf(pipeline, stages.degrade);
  const account = new Account(signal, emit);
  const sinkless: Pipeline = {
    ...pipeline,
    sink: { kind: 'discard', options: { sleep_ms: 0, stall_ms: 0 } },
  };
  const all = await lastValueFrom(
    visits(sinkless, account).pipe(
      tap((visit) => account.planned(visit)),
      toArray(),
    ),
  );
  const memory = memoryPlan(pipeline);
  const cores = availableParallelism();
  const threads = source.threads ?? cores;
  const arena = new Arena(memory.arena);
  const rooms = new Rooms(COPIES * Math.floor(memory.pairs / memory.perCrop));
  const decoding = new Meter('decode');
  const workers = new Workers(
    {
      memory: arena.memory,
      threads,
      pairs: { degrade, baseFolder: pluginFolder(pipeline), plan: pairPlan(pipeline) },
    },
    pipeline.workers ?? cores,
  );
  const sources = new SharedSources(
    {
      arena,
      threads,
      background: source.background,
      fetch: (photograph, signal) => fetchSource(photograph, source, signal),
      resampler: stages.multiscale?.resampler ?? 'lanczos',
      workers,
      meter: decoding,
    },
    account,
  );
  const samples = samplesPerEpoch(all);
  const order = stages.shuffle ? shuffledOrder(seed, memory.shuffle) : foundOrder;
  return {
    pipeline,
    account,
    degrade,
    memory,
    visits: all,
    samples,
    threads,
    arena,
    rooms,
    workers,
    sources,
    decoding,
    plan: (epoch) => planEpochs(all, { seed, start: epoch * samples, pool: poolPlan(pipeline) }, order),
    close: async () => {
      sources.close();
      await workers.close();
    },
  };
}

const noPairs = ({ name, file }: Pipeline): EsrganError =>
  new EsrganError('NO_PAIRS', `pipeline ${name} makes no pairs of lq and gt`, {
    place: { file },
    remedy: 'Add the stages degrade and batch, or give the lq pictures (source.dataroot_lq).',
  });
