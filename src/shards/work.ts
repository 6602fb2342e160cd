import { stat } from 'node:fs/promises';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import { Account } from '../pipeline/account.js';
import type { RunPart } from '../pipeline/unit-job.js';
import { unitPlan } from '../pipeline/unit-layout.js';
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
  for (const place of shard.files) {
    const { source, lq, ...file } = files[place];
    await mustBeAsPlanned(source.path, file);
    if (source.lq && lq) await mustBeAsPlanned(source.lq.path, lq);
  }
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
