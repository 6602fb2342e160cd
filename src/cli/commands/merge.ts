import { shownPath, visible } from '../display/escape.js';
import { count, plural } from '../display/format.js';
import { type Io, print } from '../io.js';

/** Checks the shards of a plan and writes what is made of all of them. */
export async function merge(file: string, io: Io): Promise<number> {
  const { mergeShards, readPlan } = await import('../../shards/index.js');
  const plan = await readPlan(file);
  const { samples, missing, lists } = await mergeShards(plan);
  const lost = missing > 0 ? `; ${count(missing)} could not be had` : '';
  print(io.stdout, [
    `${visible(file)}: ${plural(plan.shards.length, 'shard')} whole, ${count(samples)} samples${lost}`,
    ...lists.map(({ what, path }) => `  ${what.padEnd(12)} ${shownPath(path)}`),
  ]);
  return 0;
}
