import type { z } from 'zod';
import type { TrainOptions } from '../../training/options.js';
import type { PipelineFile } from '../pipeline-schema.js';
import type { RealESRGANDataset } from './dataset-options.js';
import { degradationSteps, type StepInput, usm } from './degradation-steps.js';
import { isPaired, type OptionFile, patchSize } from './option-file.js';
import { fromHome } from './train-input.js';

export type PipelineInput = z.input<typeof PipelineFile>;

type Stages = NonNullable<PipelineInput['stages']>;

/** Edge to which the original brings every picture before it degrades it. */
const originalCrop = 400;

/**
 * The pipeline that an option file amounts to, as it could be written into a pipeline file.
 *
 * @param train the training options of the same file, without their defaults
 */
export function pipelineInput(file: OptionFile, train: z.input<typeof TrainOptions>): PipelineInput {
  const { name, manual_seed: seed, scale, stream = {}, datasets } = file;
  const { use_hflip, use_rot, batch_size_per_gpu } = datasets.train;
  const batch = { size: batch_size_per_gpu, gt_size: patchSize(file), use_hflip, use_rot };
  const { memory, workers, metadata } = stream;
  return {
    name,
    seed,
    scale,
    ...(memory !== undefined && { memory }),
    ...(workers !== undefined && { workers }),
    out: `${train.path?.experiments_root ?? 'experiments'}/${name}`,
    source: source(file),
    stages: [
      ...sizes(file),
      ...(metadata ? [{ metadata }] : []),
      { shuffle: {} },
      ...degrade(file),
      { batch },
    ],
    sink: { train },
  };
}

function source({ datasets: { train }, stream }: OptionFile): PipelineInput['source'] {
  const exclude = stream?.exclude === undefined ? {} : { exclude: stream.exclude };
  if (isPaired(train)) throw new Error('paired data sets are not mapped yet');
  const [first, ...others] = train.dataroot_gt.map(fromHome);
  if (train.meta_info !== undefined)
    return { meta_info: fromHome(train.meta_info), dataroot_gt: first, ...exclude };
  return { images: others.length > 0 ? [first, ...others] : first, ...exclude };
}

/** A list names pictures as they are to be used; a folder holds photographs, of which more is made. */
function sizes({ datasets: { train }, stream = {}, ...file }: OptionFile): Stages {
  const listed = !isPaired(train) && train.meta_info !== undefined;
  const multiscale = stream.multiscale ?? (listed ? false : {});
  const size = Math.max(originalCrop, patchSize({ datasets: { train }, stream, ...file }));
  const crop = { size, step: size / 2, too_small: listed ? 'pad' : 'report', ...stream.crop } as const;
  return [...(multiscale === false ? [] : [{ multiscale }]), { crop }];
}

function degrade({ datasets: { train }, model_type, gt_usm, ...keys }: OptionFile): Stages {
  if (isPaired(train)) return [];
  return [{ degrade: [...sharpening(model_type, gt_usm), ...chain(keys, train)] }];
}

/** RealESRNet trains on sharpened gt; RealESRGAN sharpens what lq is made from, and gt for single losses. */
function sharpening(model: OptionFile['model_type'], gt_usm: boolean): StepInput[] {
  if (model === 'RealESRGANModel') return [usm('lq')];
  return gt_usm ? [usm('gt')] : [];
}

const chain = (
  keys: Omit<OptionFile, 'datasets' | 'model_type' | 'gt_usm'>,
  train: RealESRGANDataset,
): StepInput[] => degradationSteps({ ...keys, ...train }).map(({ step }) => step);
