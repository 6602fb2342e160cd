import { stat } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import { Account } from '../pipeline/account.js';
import type { RunPart } from '../pipeline/unit-job.js';
import { unitPlan } from '../pipeline/unit-layout.js';
import type { Source } from '../plan/types.js';
import { fetchedAtOnce } from '../stages/discover/access.js';
import { hashSource } from '../stages/discover/hash-source.js';
import type { SourceOptions } from '../stages/discover/options.js';
import { hashFile } from '../stages/write/units/hash-file.js';
import { range } from '../stages/write/units/index.js';
import { checkShard } from './auto.js';
import { visitsOf } from './make-plan.js';
import type { PlannedFile, ShardPlan } from './plan-file.js';
import { targetOf, unfinished } from './target.js';

/** What `runPipeline(pipeline, { part })` needs to do a shard; without them it is finished. */
export interface ShardWork {
  readonly pipeline: Pipeline;
  readonly part?: RunPart;
  /** Samples that are still to be written. */
  readonly samples: number;
}

/**
 * Makes ready to do a shard: looks whether it is finished, and whether its photographs are those of the plan.
 *
 * @throws EsrganError `SHARD_NUMBER` when there is no such shard, `INPUT_CHANGED` naming a file that is not as it was
 * planned, `PLAN_FILE` when the plan was changed
 */
export async function prepareShard(plan: ShardPlan, number: number): Promise<ShardWork> {
  const { pipeline, files } = plan;
  const shard = plan.shards[checkShard(number, plan.shards.length, '--shard')];
  const due = unfinished(plan, number).map((unit) => range(plan.layout, unit));
  if (due.length === 0) return { pipeline, samples: 0 };
  const limit = pLimit(Math.max(1, fetchedAtOnce(pipeline.source)));
  const check = async (place: number): Promise<void> => {
    const { source, lq, ...file } = files[place];
    await sourceMustBe(source, file, pipeline.source);
    if (source.lq && lq) await sourceMustBe(source.lq, lq, pipeline.source);
  };
  await Promise.all(shard.files.map((place) => limit(check, place)));
  for (const { path, ...file } of plan.plugins) await mustBeAsPlanned(path, file);
  const sources = files.map(({ source }) => source);
  const quiet = new Account(new AbortController().signal, () => {});
  const { layout } = unitPlan(pipeline, targetOf(plan), await visitsOf(pipeline, sources, quiet));
  if (layout.digest !== plan.layout.digest)
    throw new EsrganError('PLAN_FILE', 'the plan has been changed since it was made', {
      remedy: 'Plan again.',
    });
  const samples = due.reduce((sum, { from, to }) => sum + to - from, 0);
  return { pipeline, part: { sources, from: shard.from, to: shard.to }, samples };
}

/** The same of a photograph, which may lie in a tar or on a server. */
async function sourceMustBe(source: Source, planned: PlannedFile, options: SourceOptions): Promise<void> {
  const { path: name, origin } = source;
  if (!origin) return mustBeAsPlanned(name, planned);
  const now = await hashSource(source, options).catch((cause: unknown) => {
    throw changed(name, `cannot be read (${(cause as Error).message.replace(`${name}: `, '')})`, cause);
  });
  if (now.bytes !== planned.bytes) throw changed(name, `has ${now.bytes} bytes in place of ${planned.bytes}`);
  if (now.sha256 !== planned.sha256) throw changed(name, 'has other contents');
}

async function mustBeAsPlanned(file: string, { bytes, sha256 }: PlannedFile): Promise<void> {
  const now = await stat(file).catch(() => undefined);
  if (!now) throw changed(file, 'is not there any more');
  if (now.size !== bytes) throw changed(file, `has ${now.size} bytes in place of ${bytes}`);
  const hash = await hashFile(file).catch((cause: unknown) => {
    throw changed(file, 'cannot be read', cause);
  });
  if (hash !== sha256) throw changed(file, 'has other contents');
}

const changed = (file: string, how: string, cause?: unknown): EsrganError =>
  new EsrganError('INPUT_CHANGED', `${file} ${how} since the run was planned`, {
    place: { file },
    remedy: 'Bring the planned file back, or plan again and write to another folder.',
    cause,
  });
