import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Pipeline } from '../config/pipeline-file.js';
import { pluginFolder } from '../pipeline/stream.js';
import type { Source } from '../plan/types.js';
import { fetchedAtOnce } from '../stages/discover/access.js';
import { hashSource } from '../stages/discover/hash-source.js';
import type { SourceOptions } from '../stages/discover/options.js';
import { hashFile } from '../stages/write/units/hash-file.js';
import type { PlannedSource, ShardPlan } from './plan-file.js';

/** The user's own degradations as they are now. */
export const hashPlugins = (pipeline: Pipeline): Promise<ShardPlan['plugins'][number][]> =>
  Promise.all(
    pluginsOf(pipeline).map(async (file) => ({
      path: file,
      bytes: (await stat(file)).size,
      sha256: await hashFile(file),
    })),
  );

function pluginsOf(pipeline: Pipeline): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('use' in value && typeof value.use === 'string')
      found.add(path.resolve(pluginFolder(pipeline), value.use));
    for (const inner of Object.values(value)) look(inner);
  };
  look(pipeline.stages.degrade?.steps);
  return [...found];
}

/** The photographs, and their lq where pairs are given, as they are now, wherever they lie. */
export function hashSources(found: readonly Source[], options: SourceOptions): Promise<PlannedSource[]> {
  const limit = pLimit(Math.max(availableParallelism(), fetchedAtOnce(options)));
  const one = async (source: Source): Promise<PlannedSource> => ({
    source,
    ...(await hashSource(source, options)),
    ...(source.lq && { lq: await hashSource(source.lq, options) }),
  });
  return Promise.all(found.map((source) => limit(one, source)));
}
