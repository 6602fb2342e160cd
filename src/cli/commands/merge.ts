import type { FileOutcome } from '../../events.js';
import { shownPath, visible } from '../display/escape.js';
import { count, plural } from '../display/format.js';
import { notUsedLines } from '../display/not-used.js';
import { quote } from '../execute.js';
import { type Io, print } from '../io.js';

const shownFiles = 20;

/** Checks the shards of a plan and writes what is made of all of them. */
export async function merge(file: string, io: Io): Promise<number> {
  const { mergeShards, readPlan } = await import('../../shards/index.js');
  const plan = await readPlan(file);
  const { samples, missing, lists, summary } = await mergeShards(plan, `esrgan merge ${quote(file)}`);
  const lost = missing > 0 ? `; ${count(missing)} could not be had` : '';
  print(io.stdout, [
    `${visible(file)}: ${plural(plan.shards.length, 'shard')} whole, ${count(samples)} samples${lost}`,
    `  photographs  ${outcomes(summary.files)}`,
    ...notUsedLines(
      summary.files.filter(({ outcome }) => outcome !== 'used'),
      shownFiles,
    ).map((line) => `  ${line}`),
    ...lists.map(({ what, path }) => `  ${what.padEnd(12)} ${shownPath(path)}`),
  ]);
  return 0;
}

function outcomes(files: readonly FileOutcome[]): string {
  const number = (wanted: FileOutcome['outcome']): number =>
    files.filter(({ outcome }) => outcome === wanted).length;
  return `${count(number('used'))} used, ${count(number('skipped'))} skipped, ${count(number('failed'))} failed`;
}
