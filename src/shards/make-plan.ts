import { lastValueFrom, toArray } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { FileOutcome } from '../events.js';
import { Account } from '../pipeline/account.js';
import { memoryPlan, poolPlan } from '../pipeline/memory.js';
import { visits } from '../pipeline/stream.js';
import { epochsOf, unitPlan, unitTarget } from '../pipeline/unit-layout.js';
import { planEpochs } from '../plan/epochs.js';
import type { Step } from '../plan/steps.js';
import type { Source, Visit, Window } from '../plan/types.js';
import { sources } from '../stages/discover/discover.js';
import { foundOrder, shuffledOrder } from '../stages/shuffle/shuffle.js';
import { claimNames } from '../stages/write/skip-written.js';
import { type UnitTarget, unitOf } from '../stages/write/units/layout.js';
import { cuts, pixelsOfUnits } from './balance.js';
import { planDigest } from './check-plan.js';
import { hashPlugins, hashSources } from './hash-inputs.js';
import { configHash, FORMAT, packageVersion, type Shard, type ShardPlan, VERSION } from './plan-file.js';

export interface MadePlan {
  readonly plan: ShardPlan;
  /** Files that will not be used, and why. */
  readonly unused: readonly FileOutcome[];
  /** Pixels that a single process decodes, and that all shards together do. */
  readonly decoded: { readonly once: number; readonly sharded: number };
}

/**
 * Divides a run that writes pictures into shards of about the same number of pixels. Reads every photograph once, for the
 * hash of its contents; decodes nothing.
 *
 * @throws EsrganError `PLAN_SINK` when the pipeline does not write, `PLAN_SHARDS` when there are more shards than parts
 */
export async function makePlan(given: Pipeline, shards: number): Promise<MadePlan> {
  // As it will come out of the file, so that its hash is the same; every worker would write the same report.
  const pipeline = JSON.parse(
    JSON.stringify({ ...given, out: undefined, given: undefined, text: undefined }),
  ) as Pipeline;
  const target = writtenBy(pipeline);
  const unused: FileOutcome[] = [];
  const account = new Account(new AbortController().signal, (e) => e.type === 'file' && unused.push(e));
  const { baseFolder, scale } = pipeline;
  const found: Source[] = [];
  for await (const source of sources(pipeline.source, account, { baseFolder, scale })) found.push(source);
  const all = await visitsOf(pipeline, found, account);
  if (target.kind === 'write') claimNames(all, target.options.format);
  const { layout } = unitPlan(pipeline, target, all);
  if (shards > layout.units) throw tooMany(shards, layout.units, target);

  const steps = (): Iterable<Step> => stepsOf(pipeline, all);
  const written = writtenPixels(pipeline);
  const pixels = pixelsOfUnits(steps(), layout.units, (position) => unitOf(layout, position), written);
  const starts = cuts(pixels.all, shards);
  const opened = sourcesOf(steps(), starts, (position) => unitOf(layout, position));
  const places = new Map(found.map((source, i) => [source.id, i]));
  const planned: Omit<ShardPlan, 'digest'> = {
    ...{
      format: FORMAT,
      version: VERSION,
      made_by: packageVersion(),
      name: pipeline.name,
      seed: pipeline.seed,
    },
    config: configHash(pipeline),
    pipeline,
    layout,
    plugins: await hashPlugins(pipeline),
    shards: opened.map(
      (ids, i): Shard => ({
        from: starts[i],
        to: starts[i + 1],
        pixels:
          sum(pixels.written.subarray(starts[i], starts[i + 1])) +
          sum([...ids].map((id) => area(found[places.get(id) as number]))),
        files: [...ids].map((id) => places.get(id) as number).sort((a, b) => a - b),
      }),
    ),
    files: await hashSources(found, pipeline.source),
    ...(given.out !== undefined && {
      report: { out: given.out, text: given.text ?? given.given?.at(-1)?.text ?? '' },
    }),
    unused,
  };
  const plan: ShardPlan = { ...planned, digest: planDigest(planned) };
  const once = new Set(plan.shards.flatMap(({ files }) => files));
  const decoded = (list: Iterable<number>): number => sum(Array.from(list, (place) => area(found[place])));
  const sharded = decoded(plan.shards.flatMap(({ files }) => files));
  return { plan, unused, decoded: { once: decoded(once), sharded } };
}

const area = ({ width, height }: Source): number => width * height;

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

function writtenBy(pipeline: Pipeline): UnitTarget {
  const target = unitTarget(pipeline);
  if (target) return target;
  throw new EsrganError(
    'PLAN_SINK',
    `pipeline ${pipeline.name} writes no pictures, and only such runs can be divided`,
    {
      place: { file: pipeline.file },
      remedy: 'Give it a sink such as write: { webdataset: out/{000000..}.tar }.',
    },
  );
}

function tooMany(shards: number, units: number, target: UnitTarget): EsrganError {
  const parts = target.kind === 'webdataset' ? 'tars' : 'groups of 256 samples';
  const smaller = target.kind === 'webdataset' ? ', or make the tars smaller (max_samples, max_bytes)' : '';
  return new EsrganError('PLAN_SHARDS', `${shards} shards are more than there are ${parts}: ${units}`, {
    place: { file: '--shards' },
    remedy: `Use at most ${units} shards${smaller}.`,
  });
}

/** The photographs with their windows, from the headers that are known. */
export const visitsOf = (pipeline: Pipeline, found: readonly Source[], account: Account): Promise<Visit[]> =>
  lastValueFrom(visits(pipeline, account, undefined, found).pipe(toArray()));

function stepsOf(pipeline: Pipeline, all: readonly Visit[]): Iterable<Step> {
  const { seed, stages } = pipeline;
  const order = stages.shuffle ? shuffledOrder(seed, memoryPlan(pipeline).shuffle) : foundOrder;
  return planEpochs(all, { seed, epochs: epochsOf(pipeline), start: 0, pool: poolPlan(pipeline) }, order);
}

function writtenPixels({ scale, stages: { batch, degrade } }: Pipeline): (window: Window) => number {
  const share = degrade ? 1 + 1 / scale ** 2 : 1;
  return ({ width, height }) => share * (batch ? batch.gt_size ** 2 : width * height);
}

/** Ids of the photographs that each shard opens. */
function sourcesOf(
  steps: Iterable<Step>,
  starts: readonly number[],
  unitAt: (position: number) => number,
): Set<string>[] {
  const opened = Array.from({ length: starts.length - 1 }, () => new Set<string>());
  let shard = 0;
  for (const step of steps) {
    if (step.kind === 'open') continue;
    while (unitAt(step.sample.position) >= starts[shard + 1]) shard++;
    opened[shard].add(step.sample.source.id);
  }
  return opened;
}
