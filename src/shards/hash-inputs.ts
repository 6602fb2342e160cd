import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Pipeline } from '../config/pipeline-file.js';
import { pluginFolder } from '../pipeline/stream.js';
import type { Source } from '../plan/types.js';
import { hashFile } from '../stages/write/units/hash-file.js';
import type { PlannedFile } from './plan-file.js';

/** The user's own degradations as they are now. */
export const hashPlugins = (pipeline: Pipeline) =>
  hashed(
    pluginsOf(pipeline),
    (file) => file,
    (file, hash) => ({ path: file, ...hash }),
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

/** The photographs, and their lq where pairs are given, as they are now. */
export const hashSources = (found: readonly Source[]) =>
  hashed(
    found,
    ({ path: file }) => file,
    async (source, hash) => ({
      source,
      ...hash,
      ...(source.lq && { lq: await hashOf(source.lq.path) }),
    }),
  );

function hashed<T, R>(
  items: readonly T[],
  fileOf: (item: T) => string,
  make: (item: T, hash: PlannedFile) => R | Promise<R>,
): Promise<R[]> {
  const limit = pLimit(availableParallelism());
  return Promise.all(items.map((item) => limit(async () => make(item, await hashOf(fileOf(item))))));
}

const hashOf = async (file: string): Promise<PlannedFile> => ({
  bytes: (await stat(file)).size,
  sha256: await hashFile(file),
});
