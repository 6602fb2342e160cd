import type { FileOutcome, RunSummary } from '../events.js';
import { Account } from '../pipeline/account.js';
import { epochsOf } from '../pipeline/unit-layout.js';
import type { Visit } from '../plan/types.js';
import { finishedAt, finishedUnit, outputFolder } from '../stages/write/units/index.js';
import { visitsOf } from './make-plan.js';
import type { ShardPlan } from './plan-file.js';
import { targetOf } from './target.js';

interface Lost {
  count: number;
  readonly reason: string;
}

/** What all workers of a finished plan have done, from what they left behind: as a run of one process sums itself up. */
export async function accountOf(
  plan: ShardPlan,
): Promise<{ readonly summary: RunSummary; readonly visits: readonly Visit[] }> {
  const { pipeline, layout, files } = plan;
  const target = targetOf(plan);
  const lost = new Map<string, Lost>();
  const times = { first: Number.POSITIVE_INFINITY, last: 0 };
  let [samples, written] = [0, 0];
  for (let unit = 0; unit < layout.units; unit++) {
    const record = finishedUnit(target, layout, unit);
    if (!record) continue;
    samples += record.samples;
    written += record.files.length;
    const at = finishedAt(target, unit);
    times.first = Math.min(times.first, at);
    times.last = Math.max(times.last, at);
    for (const { source, reason } of record.missing ?? []) {
      const known = lost.get(source);
      if (known) known.count++;
      else lost.set(source, { count: 1, reason });
    }
  }
  const quiet = new Account(new AbortController().signal, () => {});
  const sources = files.map(({ source }) => source);
  const visits = await visitsOf(pipeline, sources, quiet);
  const epochs = epochsOf(pipeline) ?? 1;
  const outcomes = visits.map((visit) => outcomeOf(visit, lost.get(visit.source.id), epochs));
  const write = { stage: 'write', in: layout.total, out: samples, waiting: 0, busyMs: 0, concurrency: 1 };
  const summary: RunSummary = {
    ...{ name: plan.name, stopped: false, batches: 0, peakRss: 0, stages: [write] },
    elapsedMs: Math.max(0, times.last - times.first),
    files: [...plan.unused, ...outcomes],
    crops: samples,
    written: { files: written, folder: outputFolder(target) },
  };
  return { summary, visits };
}

/** A photograph of which nothing could be had has failed; one that lost some samples says how many. */
function outcomeOf({ source, count }: Visit, lost: Lost | undefined, epochs: number): FileOutcome {
  const { path, notes } = source;
  if (!lost) return { path, outcome: 'used', notes, crops: count };
  if (lost.count >= count * epochs) return { path, outcome: 'failed', reason: lost.reason, notes, crops: 0 };
  const note = `${lost.count} of ${count * epochs} samples could not be had: ${lost.reason}`;
  return { path, outcome: 'used', notes: [...notes, note], crops: count };
}
