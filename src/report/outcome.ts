import type { RunSummary } from '../events.js';
import { lastResults, verdictOf } from './comparison.js';
import { count, duration } from './format.js';
import { type Html, html } from './html.js';
import type { ReportInput } from './types.js';
import type { Words } from './words.js';

export type RunKind = 'train' | 'write' | 'discard';

const has = (summary: RunSummary, name: string): boolean =>
  summary.stages.some(({ stage }) => stage === name);

export function kindOf(summary: RunSummary): RunKind {
  if (summary.losses !== undefined || summary.validation !== undefined || has(summary, 'train'))
    return 'train';
  return has(summary, 'write') || summary.written !== undefined ? 'write' : 'discard';
}

/** The last iteration that anything was recorded for. */
export const lastIteration = (summary: RunSummary): number =>
  Math.max(summary.losses?.at(-1)?.iter ?? 0, summary.validation?.at(-1)?.iter ?? 0);

export type FileCounts = Record<'used' | 'skipped' | 'failed', number>;

export function countFiles({ files }: RunSummary): FileCounts {
  const counts: FileCounts = { used: 0, skipped: 0, failed: 0 };
  for (const { outcome } of files) counts[outcome] += 1;
  return counts;
}

function trained({ summary, engine, running }: ReportInput, w: Words): string {
  const { stopped, batches } = summary;
  const last = lastIteration(summary);
  const where = engine ? w.onEngine(engine.name) : '';
  const time = duration(summary.elapsedMs);
  if (running) return w.stillTraining(count(last), count(running.totalIter), time, where);
  if (last === 0) return w.endedEarly(time, where);
  // A resumed run starts above zero: fewer batches than iterations give it away.
  if (batches > 0 && batches < last) return w.trainedUpTo(stopped, count(last), batches, time, where);
  return w.trained(stopped, last, time, where);
}

/** One honest sentence: what was done, how long it took, and who won. */
export function outcome(input: ReportInput, w: Words): Html {
  const { summary } = input;
  const kind = kindOf(summary);
  if (kind === 'train') {
    const verdict = verdictOf(lastResults(summary), w);
    return html`${trained(input, w)}${verdict && [w.semicolon, verdict]}${w.stop}`;
  }
  const { stopped, crops, batches, elapsedMs } = summary;
  const used = countFiles(summary).used;
  return html`${w.streamed(stopped, kind === 'write', crops, used, batches, duration(elapsedMs))}${w.stop}`;
}
