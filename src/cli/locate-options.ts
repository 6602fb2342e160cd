import type { LoadedOptions } from '../config/basicsr/load.js';
import type { Locate } from './locate.js';

/** The key of an option file that an error of the run is about. */
export function inOptionFile({ pipeline, spot }: LoadedOptions): Locate {
  const { meta_info } = pipeline.source;
  const list = meta_info === undefined ? 'dataroot_gt' : 'meta_info';
  const keys: Readonly<Record<string, string>> = {
    NO_IMAGES: 'datasets.train.dataroot_gt',
    META_INFO: `datasets.train.${list}`,
    CROP_TOO_SMALL: 'gt_size',
    CROP_TOO_LARGE: 'stream.crop',
    OUT_OF_MEMORY: 'datasets.train.batch_size_per_gpu',
    VGG_WEIGHTS_MISSING: 'train.perceptual_opt.vgg_weights',
    RESUME_STATE: 'path.resume_state',
    STATE_UNREADABLE: 'path.resume_state',
    EXPERIMENT_EXISTS: 'name',
    EXPERIMENT_IN_USE: 'name',
  };
  const remedies: Readonly<Record<string, string>> = {
    META_INFO:
      'Correct the path; or leave meta_info out (--force_yml datasets:train:meta_info=~): then every photograph below dataroot_gt is used, and no list and no sub-images are needed.',
  };
  return (code) => {
    const key = keys[code];
    if (key === undefined) return undefined;
    const remedy = remedies[code];
    return { ...spot(key), ...(remedy && { remedy }) };
  };
}
