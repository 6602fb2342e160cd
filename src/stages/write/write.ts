import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { OperatorFunction } from 'rxjs';
import { type Arena, type Meter, orderedMap } from '../../flow/index.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { encode, formatForExtension } from '../../images/encode.js';
import { Crop, type MissingSample } from '../decode/crop.js';
import type { Workers } from '../workers/workers.js';
import { outputName } from './names.js';
import type { WriteOptions } from './options.js';

/**
 * Writes every crop to a file of its own under the name that the original scripts give it, and releases it.
 * Emits the paths in the order of the stream; missing samples give none (undefined). Files appear whole or
 * not at all; they are not forced to the disk one by one.
 */
export function write(
  options: WriteOptions,
  { workers, arena, meter }: { workers: Workers; arena: Arena; meter?: Meter },
): OperatorFunction<Crop | MissingSample, string | undefined> {
  const folders = new Set<string>();
  const save = async (item: Crop | MissingSample): Promise<string | undefined> => {
    try {
      if (!(item instanceof Crop)) return undefined;
      const { source, window } = item.sample;
      const file = path.join(options.folder, outputName(source, window, options.format));
      const folder = path.dirname(file);
      if (!folders.has(folder)) await mkdir(folder, { recursive: true });
      folders.add(folder);
      const format = formatForExtension(path.extname(file)) ?? 'png';
      const level = options.compression_level;
      if (format === 'png')
        await workers.run<'png'>({ kind: 'png', crop: item.sharedWith(arena.memory), level, file });
      else await writeFileAtomic(file, await encode(item.pixels, format), { fsync: false });
      return file;
    } finally {
      if (item instanceof Crop) item.release();
      item.lease.release();
    }
  };
  return orderedMap(save, workers.concurrency, meter);
}
