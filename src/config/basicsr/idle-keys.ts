import { valueAt } from '../problems.js';
import type { Path } from '../yaml-file.js';
import { datasetKeys, topKeys } from './degradation-options.js';

/** A key that changes nothing. */
export interface IdleKey {
  readonly path: Path;
  /** dead: the original reads it nowhere either. needless: there is nothing here that it could set. */
  readonly kind: 'dead' | 'needless';
  /** What a user may want to know of it. */
  readonly why?: string;
}

type Why = (value: unknown, file: unknown) => string | undefined;

const always =
  (text: string): Why =>
  () =>
    text;

const sizes = always('the original draws sizes from 7 to 21 whatever this says, and so does this program');

const unless =
  (model: RegExp, text: string): Why =>
  (_, file) => {
    const type = valueAt(file, ['model_type']);
    return typeof type !== 'string' || model.test(type) ? undefined : `${type} ${text}`;
  };

const given: Why = (_, file) =>
  /^(RealESRGANPaired|PairedImage)Dataset$/.test(String(valueAt(file, ['datasets', 'train', 'type'])))
    ? 'the data set brings its own lq'
    : undefined;

const noDiscriminator = unless(/GAN/, 'trains without a discriminator');
const sharpensOnce = unless(/^RealESRGAN/, 'does not sharpen gt for single losses');

/** Keys that nobody reads. */
const dead: Readonly<Record<string, Why>> = {
  'datasets.train.use_shuffle': always('training data are always shuffled'),
  'datasets.train.blur_kernel_size': sizes,
  'datasets.train.blur_kernel_size2': sizes,
  'datasets.train.gt_size': (_, file) =>
    valueAt(file, ['datasets', 'train', 'type']) === 'RealESRGANDataset'
      ? 'the gt_size at the top of the file counts'
      : undefined,
  gt_size: given,
  gt_usm: unless(/^RealESRNet/, 'does not look at it'),
  l1_gt_usm: sharpensOnce,
  percep_gt_usm: sharpensOnce,
  gan_gt_usm: sharpensOnce,
  ...Object.fromEntries(Object.keys(topKeys).map((key) => [key, given])),
  ...Object.fromEntries(Object.keys(datasetKeys).map((key) => [`datasets.train.${key}`, given])),
  network_d: noDiscriminator,
  'train.gan_opt': noDiscriminator,
  'train.optim_d': noDiscriminator,
  'train.net_d_iters': noDiscriminator,
  'train.net_d_init_iters': noDiscriminator,
  'path.pretrain_network_d': noDiscriminator,
  'path.param_key_d': noDiscriminator,
  'path.strict_load_d': noDiscriminator,
};

const silent: Why = () => '';

const gpus: Why = (value, file) => {
  const batch = Number(valueAt(file, ['datasets', 'train', 'batch_size_per_gpu']));
  if (typeof value !== 'number' || value < 2 || !(batch > 0)) return '';
  return `training runs on one device here, with batches of ${batch}; the original would make one of ${batch * value} on ${value} GPUs. For as large a step set train:accum_iter=${value}`;
};

const wandb: Why = (value) =>
  valueAt(value, ['project']) ? 'there is no link to wandb; use_tb_logger writes TensorBoard files' : '';

/** Keys with nothing to set here. An empty reason: what they are for works without them. */
const needless: Readonly<Record<string, Why>> = {
  num_gpu: gpus,
  queue_size: (_, file) => (valueAt(file, ['stream', 'mode']) === 'reference' ? undefined : ''),
  dist_params: silent,
  find_unused_parameters: silent,
  use_static_graph: silent,
  'datasets.train.num_worker_per_gpu': silent,
  'datasets.train.dataset_enlarge_ratio': silent,
  'datasets.train.prefetch_mode': silent,
  'datasets.train.num_prefetch_queue': silent,
  'datasets.train.pin_memory': silent,
  'datasets.train.persistent_workers': silent,
  'logger.wandb': wandb,
  'val.pbar': silent,
};

/** The keys of an option file that change nothing. */
export function idleKeys(file: unknown): IdleKey[] {
  return [...among(file, dead, 'dead'), ...among(file, needless, 'needless')];
}

function among(file: unknown, keys: Readonly<Record<string, Why>>, kind: IdleKey['kind']): IdleKey[] {
  return Object.entries(keys).flatMap(([key, why]) => {
    const path = key.split('.');
    const value = valueAt(file, path);
    if (value === undefined) return [];
    const reason = why(value, file);
    return reason === undefined ? [] : [{ path, kind, ...(reason && { why: reason }) }];
  });
}
