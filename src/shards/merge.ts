import { EsrganError } from '../errors.js';
import type { RunSummary } from '../events.js';
import { ReportWriter } from '../pipeline/report.js';
import { summarise } from '../pipeline/summary.js';
import type { Visit } from '../plan/types.js';
import { clearLeftovers } from '../stages/write/folder.js';
import {
  damagedFiles,
  type Finished,
  finishUnits,
  outputFolder,
  range,
} from '../stages/write/units/index.js';
import { accountOf } from './account.js';
import type { ShardPlan } from './plan-file.js';
import { targetOf, unfinished } from './target.js';

export interface Merged extends Pick<Finished, 'samples'> {
  /** Samples that were planned and could not be had. */
  readonly missing: number;
  /** Every input file with what became of it, over all shards. */
  readonly summary: RunSummary;
  /** What was written: the lists, and the report where the pipeline has a folder for it. */
  readonly lists: readonly {
    readonly what: Finished['lists'][number]['what'] | 'report';
    readonly path: string;
  }[];
}

/**
 * When all shards are there and whole: writes the index of the tars, the provenance and the meta_info of the run, and its
 * report. `command` is what to name in the report as the command that made it.
 *
 * @throws EsrganError `SHARDS_MISSING` naming the shards that are not finished, `SHARD_DAMAGED` naming a file whose bytes
 * are not those that were written
 */
export async function mergeShards(plan: ShardPlan, command?: string): Promise<Merged> {
  const { shards, layout, pipeline } = plan;
  const target = targetOf(plan);
  const absent = shards.flatMap((_, number) => (unfinished(plan, number).length > 0 ? [number] : []));
  if (absent.length > 0) throw missing(absent, shards.length);
  for (const [number, { from, to }] of shards.entries())
    for (let unit = from; unit < to; unit++) {
      const [file] = await damagedFiles(target, layout, unit);
      if (file !== undefined) throw damaged(file, number);
    }
  clearLeftovers(outputFolder(target));
  const finished = await finishUnits(target, layout, pipeline.stages.metadata ?? {});
  const planned = range(layout, layout.units - 1).to;
  const { summary, visits } = await accountOf(plan);
  const report = await writeReport(plan, summary, visits, command);
  return {
    ...{ samples: finished.samples, missing: planned - finished.samples, summary },
    lists: [...finished.lists, ...report],
  };
}

async function writeReport(
  plan: ShardPlan,
  summary: RunSummary,
  visits: readonly Visit[],
  command: string | undefined,
): Promise<Merged['lists']> {
  if (!plan.report) return [];
  const report = new ReportWriter({ ...plan.pipeline, ...plan.report }, command);
  report.event({ type: 'plan', plan: summarise(plan.pipeline, visits, plan.unused.length) });
  const written: { what: 'report'; path: string }[] = [];
  await report.write(summary, (event) => {
    if (event.type === 'saved') written.push({ what: 'report', path: event.path });
  });
  return written;
}

const SHOWN = 12;

function missing(absent: readonly number[], shards: number): EsrganError {
  const more = absent.length > SHOWN ? ` and ${absent.length - SHOWN} more` : '';
  const list = absent.slice(0, SHOWN).join(', ') + more;
  return new EsrganError('SHARDS_MISSING', `${absent.length} of ${shards} shards are not finished: ${list}`, {
    remedy: `Run: esrgan work PLAN --shard ${absent[0]}${absent.length > 1 ? ', and so on' : ''}.`,
  });
}

const damaged = (file: string, shard: number): EsrganError =>
  new EsrganError('SHARD_DAMAGED', `${file} is not as shard ${shard} wrote it`, {
    place: { file },
    remedy: `Delete it and run: esrgan work PLAN --shard ${shard}.`,
  });
