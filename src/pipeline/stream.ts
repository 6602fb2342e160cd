import { availableParallelism } from 'node:os';
import path from 'node:path';
import { from, identity, type Observable, type OperatorFunction, tap } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import { Arena, Budget, Gate, Meter } from '../flow/index.js';
import type { RunOrder } from '../plan/epochs.js';
import type { Step } from '../plan/steps.js';
import type { Source, Visit } from '../plan/types.js';
import { type BatchOutput, batch } from '../stages/batch/batch.js';
import { crop, wholeImages } from '../stages/crop/crop.js';
import type { Crop, MissingSample } from '../stages/decode/crop.js';
import { decode } from '../stages/decode/decode.js';
import { degrade, type LeasedPair } from '../stages/degrade/degrade.js';
import type { PairPlan } from '../stages/degrade/draw-pair.js';
import { fetchedAtOnce, fetchSource } from '../stages/discover/access.js';
import { discover } from '../stages/discover/discover.js';
import { metadata, pairMetadata } from '../stages/metadata/metadata.js';
import { multiscale, sourceOnly } from '../stages/multiscale/multiscale.js';
import { foundOrder, inOrder, shuffle, shuffledOrder } from '../stages/shuffle/shuffle.js';
import { Workers } from '../stages/workers/workers.js';
import { skipWritten } from '../stages/write/skip-written.js';
import type { Account } from './account.js';
import { memoryPlan, poolPlan, wantsUsm } from './memory.js';
import type { UnitJob } from './unit-job.js';
import { epochsOf } from './unit-layout.js';

/** What leaves the last stage of a pipeline. */
export type StreamItem = BatchOutput | LeasedPair | Crop | MissingSample;

export interface RunningStream {
  readonly items: Observable<StreamItem>;
  readonly meters: readonly Meter[];
  readonly threads: number;
  readonly arena: Arena;
  readonly workers: Workers;
  close(): Promise<void>;
}

/**
 * The photographs of a pipeline and the windows that will be cut from them: metadata only. Where the photographs are
 * `known`, nothing is looked for, and what is written already is not taken out.
 */
export function visits(
  pipeline: Pipeline,
  account: Account,
  admit?: () => Promise<void>,
  known?: readonly Source[],
): Observable<Visit> {
  const { source, stages, sink, baseFolder, scale } = pipeline;
  const sources = known ? from(known) : discover(source, account, { admit, baseFolder, scale });
  return sources.pipe(
    stages.multiscale ? multiscale(stages.multiscale, account) : sourceOnly(),
    stages.crop ? crop(stages.crop, account) : wholeImages(),
    sink.kind === 'write' && !known
      ? skipWritten(sink.options, account, (files) => {
          account.existing += files;
        })
      : identity,
  );
}

/** The whole stream of a pipeline, up to its sink. Nothing runs before `items` is subscribed to. */
export function openStream(
  pipeline: Pipeline,
  account: Account,
  startBatch: number,
  planned: (all: Visit[]) => void,
  job?: UnitJob,
): RunningStream {
  const { stages, seed } = pipeline;
  const cores = availableParallelism();
  const threads = pipeline.source.threads ?? cores;
  const plan = memoryPlan(pipeline);
  const arena = new Arena(plan.arena);
  const room = new Budget(plan.pairs);
  const gate = new Gate(256);
  const meters = Object.fromEntries(
    ['discover', 'decode', 'crop', 'degrade', 'batch'].map((stage) => [stage, new Meter(stage)]),
  );
  meters.decode.memory = () => ({ bytes: arena.held, budget: plan.arena });
  if (stages.batch) meters.batch.memory = () => ({ bytes: room.held, budget: plan.pairs });

  const run = {
    seed,
    epochs: epochsOf(pipeline),
    start: startBatch * (stages.batch?.size ?? 1),
    pool: poolPlan(pipeline),
  };
  const how = stages.degrade ?? (pipeline.source.dataroot_lq === undefined ? undefined : { steps: [] });
  const workers = new Workers(
    {
      memory: arena.memory,
      threads,
      pairs: how && {
        degrade: how,
        baseFolder: pluginFolder(pipeline),
        plan: pairPlan(pipeline),
      },
    },
    pipeline.workers ?? cores,
  );

  const all: Visit[] = [];
  const crops = visits(pipeline, account, () => gate.open(), job?.part?.sources).pipe(
    tap({
      next: (visit) => {
        account.planned(visit);
        all.push(visit);
        meters.discover.in++;
        meters.discover.out++;
      },
      complete: () => planned(all),
    }),
    planner(pipeline, run, job),
    decode(
      {
        arena,
        room,
        roomPerCrop: plan.perCrop,
        threads,
        background: pipeline.source.background,
        fetch: (source, signal) => fetchSource(source, pipeline.source, signal),
        fetchedAtOnce: fetchedAtOnce(pipeline.source),
        resampler: stages.multiscale?.resampler ?? 'lanczos',
        workers,
        gate,
        meter: meters.decode,
      },
      account,
    ),
    tap((crop) => {
      account.delivered(crop);
      meters.crop.in++;
      meters.crop.out++;
    }),
    stages.metadata && !job ? metadata<Crop | MissingSample>(stages.metadata, startBatch > 0) : identity,
  );
  const noted = !job && stages.metadata?.pairs;
  const pairs =
    how &&
    crops.pipe(
      degrade({ ...how, workers, arena, meter: meters.degrade }, account),
      noted ? pairMetadata(noted, startBatch > 0) : identity,
    );
  const items =
    pairs && stages.batch && !job
      ? pairs.pipe(batch(stages.batch.size, account, meters.batch))
      : (pairs ?? crops);

  const used = [
    'discover',
    'decode',
    'crop',
    ...(pairs ? ['degrade'] : []),
    ...(stages.batch && !job ? ['batch'] : []),
  ];
  return {
    items,
    meters: used.map((stage) => meters[stage]),
    threads,
    arena,
    workers,
    close: () => workers.close(),
  };
}

function planner(
  pipeline: Pipeline,
  run: RunOrder,
  job: UnitJob | undefined,
): OperatorFunction<Visit, Iterable<Step>> {
  const memory = memoryPlan(pipeline).shuffle;
  const { shuffle: mixing } = pipeline.stages;
  if (job) return job.steps(run, mixing ? shuffledOrder(run.seed, memory) : foundOrder);
  return mixing ? shuffle({ memory }, run) : inOrder(run);
}

/** Plug-ins are named relative to the pipeline file. */
export const pluginFolder = (pipeline: Pipeline): string => path.dirname(pipeline.file);

/** Without a batch stage, whole crops become pairs as they are. */
export function pairPlan(pipeline: Pipeline): PairPlan {
  const { scale, seed, stages } = pipeline;
  if (!stages.batch) return { scale, use_hflip: false, use_rot: false };
  return { scale, seed, ...stages.batch, gt_usm: wantsUsm(pipeline) };
}
