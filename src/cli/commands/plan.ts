import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadPipeline } from '../../config/load-pipeline.js';
import { visible } from '../display/escape.js';
import { count, plural } from '../display/format.js';
import { notUsedLines } from '../display/not-used.js';
import { type Io, print } from '../io.js';
import { inPipeline, located } from '../locate.js';

export interface PlanFlags {
  readonly shards: number;
  readonly out: string;
  readonly set?: readonly string[];
  readonly seed?: number;
}

const shownFiles = 20;

/** Divides a run into shards. */
export async function plan(file: string, flags: PlanFlags, io: Io): Promise<number> {
  const { shards, out, set = [], seed } = flags;
  const pipeline = await loadPipeline(file, { set, seed });
  const { makePlan, writePlan } = await import('../../shards/index.js');
  const made = await makePlan(pipeline, shards).catch((error) => {
    throw located(error, inPipeline(pipeline, set));
  });
  await mkdir(path.dirname(path.resolve(out)), { recursive: true });
  await writePlan(out, made.plan);
  const { layout, files, shards: list } = made.plan;
  const pixels = list.map((shard) => shard.pixels / 1e6);
  const { once, sharded } = made.decoded;
  print(io.stdout, [
    `${visible(out)}: ${plural(shards, 'shard')} of ${count(layout.total)} samples from ${plural(files.length, 'photograph')}`,
    `  megapixels   ${Math.min(...pixels).toFixed(1)} to ${Math.max(...pixels).toFixed(1)} a shard`,
    `  decoded      ${(sharded / Math.max(1, once)).toFixed(2)} times what must be decoded at least`,
    ...notUsedLines(made.unused, shownFiles).map((line) => `  ${line}`),
    `  next         esrgan work ${visible(out)} --shard 0 (to ${shards - 1}), then esrgan merge ${visible(out)}`,
  ]);
  return 0;
}
