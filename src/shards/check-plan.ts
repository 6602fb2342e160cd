import { createHash } from 'node:crypto';
import path from 'node:path';
import type { PlannedSource, ShardPlan } from './plan-file.js';

/** SHA-256 of everything in a plan besides this hash itself: it tells runs apart and shows changes by hand. */
export function planDigest({ files, digest: _, ...plan }: Partial<ShardPlan>): string {
  const hash = createHash('sha256').update(JSON.stringify(plan));
  // One at a time: all photographs in one text could be more than a string may hold.
  for (const file of files ?? []) hash.update(`\n${JSON.stringify(file)}`);
  return hash.digest('hex');
}

/**
 * What is wrong with the shards and photographs of a plan, in words; nothing of it can come from `esrgan plan`, but a plan
 * may be made or mended by hand.
 */
export function faultOf({ layout, shards, files }: ShardPlan): string | undefined {
  const whole = (value: unknown, least: number): boolean => Number.isInteger(value) && Number(value) >= least;
  if (
    !whole(layout?.size, 1) ||
    !whole(layout.total, 0) ||
    layout.units !== Math.ceil(layout.total / layout.size)
  )
    return 'its layout is not whole';
  if (!Array.isArray(shards) || shards.length === 0) return 'it has no shards';
  let next = 0;
  for (const [number, { from, to, files: places }] of shards.entries()) {
    if (!whole(from, 0) || !whole(to, from + 1)) return `shard ${number} has no range`;
    if (from < next) return `shards ${number - 1} and ${number} overlap: both have part ${from}`;
    if (from > next) return `no shard has part ${next}`;
    if (!Array.isArray(places) || !places.every((place) => whole(place, 0) && place < files.length))
      return `shard ${number} names a photograph that is not in the plan`;
    next = to;
  }
  if (next !== layout.units) return `the shards have ${next} parts, and the run has ${layout.units}`;
  return photographFault(files);
}

function photographFault(files: readonly PlannedSource[]): string | undefined {
  const ids = new Set<string>();
  for (const { source, sha256 } of files) {
    if (typeof source?.id !== 'string' || typeof source.path !== 'string') return 'a photograph has no name';
    const name = JSON.stringify(source.id);
    // Names of pictures are made of it.
    if (path.posix.isAbsolute(source.id) || source.id.split(/[/\\]/).includes('..'))
      return `photograph ${name} would be written outside of the output folder`;
    if (ids.has(source.id)) return `photograph ${name} is there twice`;
    ids.add(source.id);
    if (!/^[0-9a-f]{64}$/.test(String(sha256))) return `photograph ${name} has no hash`;
    if (![source.width, source.height].every((size) => Number.isInteger(size) && size > 0))
      return `photograph ${name} has no size`;
  }
  return undefined;
}
