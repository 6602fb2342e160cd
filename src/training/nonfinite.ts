import { appendFile } from 'node:fs/promises';
import { EsrganError } from '../errors.js';
import type { Batch } from './batch.js';
import type { Experiment } from './experiment.js';

/** What made a step useless, for messages. */
export interface Culprit {
  /** Losses that were not finite; empty when it was a gradient. */
  readonly losses: string;
  readonly batches: readonly number[];
  readonly ids: readonly string[];
  readonly file: string;
}

/**
 * Writes the provenance of a step that was not applied to `nonfinite.jsonl`: one line a pair, as in the provenance
 * file, and where in the run it was.
 */
export async function recordNonfinite(
  { nonfinite: file }: Experiment,
  iter: number,
  losses: Readonly<Record<string, number>>,
  batches: readonly Batch[],
): Promise<Culprit> {
  const shown = Object.fromEntries(Object.entries(losses).map(([name, value]) => [name, `${value}`]));
  const lines = batches.flatMap(({ index, rows }) =>
    rows.map((row) => `${JSON.stringify({ ...row, iter, batch: index, losses: shown })}\n`),
  );
  await appendFile(file, lines.join(''));
  const bad = Object.entries(losses).filter(([, value]) => !Number.isFinite(value));
  return {
    losses: bad.map(([name, value]) => `${name} ${value}`).join(', ') || 'a gradient that is not finite',
    batches: batches.map(({ index }) => index),
    ids: batches.flatMap(({ rows }) => rows.map(({ id }) => id)),
    file,
  };
}

/** What is said of a step that was passed over. */
export const culpritText = (iter: number, { losses, batches, ids, file }: Culprit): string =>
  `iteration ${iter} was not applied: ${losses}; batch ${batches.join(', ')} (${ids.slice(0, 4).join(', ')}${ids.length > 4 ? ', ...' : ''}), see ${file}`;

/** The end of a run whose losses stay useless. */
export function notFinite(iter: number, inARow: number, culprit: Culprit, saved: string): EsrganError {
  const { losses, ids, batches, file } = culprit;
  const times = inARow === 1 ? '' : `, ${inARow} times in a row`;
  return new EsrganError(
    'LOSS_NOT_FINITE',
    `the loss is not a finite number in iteration ${iter} (${losses})${times}; samples: ${ids.join(', ')}`,
    {
      place: { file },
      remedy: `Lower the learning rate (train.optim_g.lr) or raise train.warmup_iter, then go on from the last good state with path.resume_state=auto (saved: ${saved}). To see the pictures: esrgan trace --batch ${batches.at(-1)} PIPELINE.yml --out FOLDER.`,
    },
  );
}
