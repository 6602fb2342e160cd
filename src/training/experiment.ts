import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../errors.js';
import { isTemporaryName } from '../formats/atomic.js';

/** Where an experiment's files go: the folders of BasicSR. */
export interface Experiment {
  readonly name: string;
  /** `experiments/<name>` */
  readonly root: string;
  /** `models/net_g_<iter>.<ext>`; instead of an iteration also `latest` or `best_<metric>`. */
  model(network: 'net_g' | 'net_d', iter: number | string): string;
  state(iter: number): string;
  /** A side-by-side picture of a held-back photograph. */
  picture(photograph: string, iter: number): string;
  /** Folder of the pictures of a held-back photograph that can be laid over one another. */
  views(photograph: string): string;
  readonly tensorboard: string;
  /** Provenance of the batches of steps that were not applied. */
  readonly nonfinite: string;
  /** Losses of every sample (logger.log_samples). */
  readonly samples: string;
}

export const folders = ['models', 'training_states', 'visualization'] as const;

export function experimentAt(root: string, extension: 'safetensors' | 'pth'): Experiment {
  return {
    name: path.basename(root),
    root,
    model: (network, iter) => path.join(root, 'models', `${network}_${iter}.${extension}`),
    state: (iter) => path.join(root, 'training_states', `${iter}.state`),
    picture: (photograph, iter) => path.join(root, 'visualization', `${photograph}_${iter}.png`),
    views: (photograph) => path.join(root, 'visualization', photograph),
    tensorboard: path.join(root, 'tb_logger'),
    nonfinite: path.join(root, 'nonfinite.jsonl'),
    samples: path.join(root, 'samples_log.jsonl'),
  };
}

/** Makes the folders where they are missing, and removes what a killed run has left half written. */
export async function makeFolders({ root }: Experiment): Promise<void> {
  for (const folder of folders) {
    await mkdir(path.join(root, folder), { recursive: true });
    const half = (await list(root, folder)).filter(isTemporaryName);
    for (const name of half) await rm(path.join(root, folder, name), { force: true });
  }
}

/**
 * Moves an experiment of the same name out of the way, as BasicSR does: `<name>` becomes
 * `<name>_archived_<time>`. A folder without any weights or states is taken over as it is.
 * @returns the new name of the folder, if it was moved
 */
export async function archive(root: string, now: Date): Promise<string | undefined> {
  if (!(await holdsRun(root))) return undefined;
  const archived = `${root}_archived_${timeStamp(now)}`;
  try {
    await rename(root, archived);
  } catch (cause) {
    throw new EsrganError('EXPERIMENT_EXISTS', `${root} holds an earlier run and cannot be renamed`, {
      place: { file: root },
      remedy: 'Choose another name, move the folder yourself, or go on with it: path.resume_state=auto.',
      cause,
    });
  }
  return archived;
}

/** Whether a run has left weights or states there. */
export async function holdsRun(root: string): Promise<boolean> {
  const results = await Promise.all(['models', 'training_states'].map((folder) => list(root, folder)));
  return results.flat().some((name) => /\.(safetensors|pth|state)$/.test(name));
}

/** The iterations that a run can be resumed from: those with a state and the weights that belong to it. */
export async function resumable(root: string): Promise<number[]> {
  const models = new Set(await list(root, 'models'));
  const states = await list(root, 'training_states');
  return states
    .flatMap((name) => /^(\d+)\.state$/.exec(name)?.[1] ?? [])
    .filter((iter) => ['safetensors', 'pth'].some((extension) => models.has(`net_g_${iter}.${extension}`)))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Names in a folder of the experiment; none where there is no such folder. */
export async function list(root: string, folder: string): Promise<string[]> {
  return readdir(path.join(root, folder)).catch(() => []);
}

/** `20261125_024100`, local time, as BasicSR names archives and logs. */
export function timeStamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
