import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../errors.js';
import { archive, type Experiment, experimentAt, holdsRun, makeFolders, resumable } from './experiment.js';
import { lock } from './lock.js';
import type { TrainOptions } from './options.js';
import { readState } from './state/file.js';
import type { TrainingState } from './state/types.js';

/** An experiment's folder, ready to be written to, and what a run starts from. */
export interface Prepared {
  readonly experiment: Experiment;
  /** What to go on from. */
  readonly resumed?: TrainingState;
  /** Weights to start from, with the network's part of `path`. */
  readonly start: { readonly g?: string; readonly d?: string };
  /** Where an earlier run of the same name has been moved to. */
  readonly archived?: string;
  /** There was no folder of that name. */
  readonly fresh?: boolean;
  /** Lets other runs write to the folder. */
  release(): void;
}

/**
 * Decides where a run starts, before anything is written or read by others: with `resume_state` the experiment
 * goes on; without it, an earlier experiment of that name is moved away. Until `release` no other run can write there.
 *
 * @param name of the experiment where the options give none
 * @throws EsrganError `RESUME_STATE`, `STATE_UNREADABLE`, `EXPERIMENT_EXISTS`, `EXPERIMENT_IN_USE`
 */
export async function prepare(options: TrainOptions, name: string): Promise<Prepared> {
  const root = path.resolve(options.path.experiments_root, options.name ?? name);
  const release = await lock(root);
  try {
    return { ...(await prepareIn(root, options)), release };
  } catch (error) {
    release();
    throw error;
  }
}

async function prepareIn(root: string, options: TrainOptions): Promise<Omit<Prepared, 'release'>> {
  const experiment = experimentAt(root, options.logger.save_format);
  const file = await stateToResume(options, root);
  if (file !== undefined) {
    const resumed = await readState(file);
    await makeFolders(experiment);
    return { experiment, resumed, start: weightsOf(options, resumed) };
  }
  const fresh = !existsSync(root);
  const archived = await archive(root, new Date());
  await makeFolders(experiment);
  // The weights to start from may be those of the run that was just moved.
  const moved = (weights: string | null | undefined): string | undefined => {
    if (!weights) return undefined;
    const inside = path.relative(root, path.resolve(weights));
    const within = !inside.startsWith('..') && !path.isAbsolute(inside);
    return archived !== undefined && within ? path.join(archived, inside) : weights;
  };
  const { pretrain_network_g, pretrain_network_d } = options.path;
  return {
    experiment,
    archived,
    fresh,
    start: { g: moved(pretrain_network_g), d: moved(pretrain_network_d) },
  };
}

/**
 * Undoes what `prepare` did for a run that failed before it had anything to keep: its folder goes, and an earlier experiment has
 * its name again. A folder that was there, without weights, stays.
 */
export async function putBack({ experiment: { root }, archived, fresh }: Prepared): Promise<void> {
  if ((archived === undefined && !fresh) || (await holdsRun(root))) return;
  await rm(root, { recursive: true, force: true });
  if (archived !== undefined) await rename(archived, root);
}

/** The batch to start the stream with. */
export function startBatch({ resumed }: Prepared, batchSize: number): number {
  if (!resumed) return 0;
  const { batches, batchSize: before } = resumed.progress;
  return before === 0 || before === batchSize ? batches : Math.floor((batches * before) / batchSize);
}

async function stateToResume({ path: paths }: TrainOptions, root: string): Promise<string | undefined> {
  const { resume_state } = paths;
  if (!resume_state) return undefined;
  if (resume_state !== 'auto') return resume_state;
  const newest = (await resumable(root)).at(-1);
  return newest === undefined ? undefined : path.join(root, 'training_states', `${newest}.state`);
}

/** The weights that belong to a state lie beside it, in models/. */
function weightsOf({ path: paths, network_d, train }: TrainOptions, state: TrainingState): Prepared['start'] {
  const { ignore_resume_networks: ignored, pretrain_network_g, pretrain_network_d } = paths;
  const own = (network: 'net_g' | 'net_d'): string => {
    const stem = path.resolve(path.dirname(state.file), '..', 'models', `${network}_${state.progress.iter}`);
    const found = ['.safetensors', '.pth'].map((extension) => stem + extension).find(existsSync);
    if (found !== undefined) return found;
    throw new EsrganError('RESUME_STATE', `the weights that belong to ${state.file} are missing`, {
      place: { file: state.file },
      remedy: `Put ${stem}.safetensors (or .pth) back, or resume an earlier state.`,
    });
  };
  const needsD = Boolean(train.gan_opt && network_d && state.optimizers.d);
  return {
    g: ignored.includes('network_g') ? (pretrain_network_g ?? undefined) : own('net_g'),
    d: ignored.includes('network_d') || !needsD ? (pretrain_network_d ?? undefined) : own('net_d'),
  };
}
