import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Experiment, list } from './experiment.js';

export interface Retention {
  /** Newest checkpoints to keep; undefined: all. */
  readonly keep_last?: number;
  /** Iterations whose checkpoints are always kept. */
  readonly keep_every?: number;
}

/**
 * The iterations whose files may go, given those that there are. Best and latest weights are files of their own.
 */
export function superfluous(iters: readonly number[], { keep_last, keep_every }: Retention): number[] {
  if (keep_last === undefined) return [];
  const newest = new Set([...iters].sort((a, b) => b - a).slice(0, keep_last));
  return iters.filter((iter) => !newest.has(iter) && (keep_every === undefined || iter % keep_every !== 0));
}

/** Deletes the checkpoints of an experiment that are not to be kept: states first, as they need their weights. */
export async function prune({ root }: Experiment, retention: Retention): Promise<void> {
  const states = (await list(root, 'training_states')).map((name) => ({ folder: 'training_states', name }));
  const models = (await list(root, 'models')).map((name) => ({ folder: 'models', name }));
  const files = [...states, ...models].flatMap((file) => {
    const iter = /^(?:net_[gd]_)?(\d+)\.(?:state|safetensors|pth)$/.exec(file.name)?.[1];
    return iter === undefined ? [] : [{ ...file, iter: Number(iter) }];
  });
  const iters = [...new Set(files.map(({ iter }) => iter))];
  const gone = new Set(superfluous(iters, retention));
  for (const { folder, name, iter } of files)
    if (gone.has(iter)) await rm(path.join(root, folder, name), { force: true });
}
