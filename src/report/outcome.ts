import type { RunSummary } from '../events.js';
import { lastResults, verdictOf } from './comparison.js';
import { count, duration, plural } from './format.js';
import { type Html, html } from './html.js';
import type { ReportInput } from './types.js';

export type RunKind = 'train' | 'write' | 'discard';

const has = (summary: RunSummary, name: string): boolean =>
  summary.stages.some(({ stage }) => stage === name);

export function kindOf(summary: RunSummary): RunKind {
  if (summary.losses !== undefined || summary.validation !== undefined || has(summary, 'train'))
    return 'train';
  return has(summary, 'write') ? 'write' : 'discard';
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

function trained({ summary, engine, running }: ReportInput): Html {
  const last = lastIteration(summary);
  const where = engine && html` on the ${engine.name} engine`;
  const time = duration(summary.elapsedMs);
  if (running)
    return html`Still training: iteration ${count(last)} of ${count(running.totalIter)} after ${time}${where}`;
  if (last === 0) return html`Training ended after ${time}${where} before its first recorded iteration`;
  const how = summary.stopped ? 'Stopped on request: trained' : 'Trained';
  // A resumed run starts above zero: fewer batches than iterations give it away.
  if (summary.batches > 0 && summary.batches < last)
    return html`${how} up to iteration ${count(last)} (${plural(summary.batches, 'batch', 'batches')} in this run) in ${time}${where}`;
  return html`${how} ${plural(last, 'iteration')} in ${time}${where}`;
}

function streamed({ summary }: ReportInput, kind: RunKind): Html {
  const done = kind === 'write' ? 'wrote' : 'streamed';
  const how = summary.stopped ? `Stopped on request: ${done}` : done[0].toUpperCase() + done.slice(1);
  const batches = summary.batches > 0 && ` in ${plural(summary.batches, 'batch', 'batches')}`;
  const nothing = kind === 'discard' && ', and kept nothing';
  return html`${how} ${plural(summary.crops, 'crop')} from ${plural(countFiles(summary).used, 'image')}${batches} in ${duration(summary.elapsedMs)}${nothing}`;
}

/** One honest sentence: what was done, how long it took, and who won. */
export function outcome(input: ReportInput): Html {
  const kind = kindOf(input.summary);
  if (kind !== 'train') return html`${streamed(input, kind)}.`;
  const verdict = verdictOf(lastResults(input.summary));
  return html`${trained(input)}${verdict && html`; ${verdict}`}.`;
}
