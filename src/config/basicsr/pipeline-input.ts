import type { z } from 'zod';
import type { TrainOptions } from '../../training/options.js';
import type { PipelineFile } from '../pipeline-schema.js';
import type { PairedDataset, RealESRGANDataset, TrainDataset } from './dataset-options.js';
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
  const { name, manual_seed: seed, scale, stream, datasets } = file;
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
  const exclude = stream.exclude === undefined ? {} : { exclude: stream.exclude };
  const [first, ...others] = [train.dataroot_gt].flat().map(fromHome);
  const list = listOf(train);
  const gt =
    list === undefined
      ? { images: others.length > 0 ? [first, ...others] : first }
      : { meta_info: fromHome(list), dataroot_gt: first };
  return { ...gt, ...(isPaired(train) ? lqOf(train) : {}), ...exclude };
}

const listOf = (set: TrainDataset): string | undefined =>
  set.type === 'PairedImageDataset' ? set.meta_info_file : set.meta_info;

const lqOf = ({ dataroot_lq, filename_tmpl }: PairedDataset) => ({
  dataroot_lq: fromHome(dataroot_lq),
  ...(filename_tmpl !== '{}' && { filename_tmpl }),
});

/** A list names pictures as they are to be used; a folder holds photographs, of which more is made. */
function sizes(file: OptionFile): Stages {
  const { datasets, stream } = file;
  const { train } = datasets;
  // One patch of every pair in each epoch, as the original takes it, unless crops are asked for.
  if (isPaired(train)) return stream.crop ? [{ crop: cropOf(file, 'report') }] : [];
  const listed = train.meta_info !== undefined;
  const multiscale = stream.multiscale ?? (listed ? false : {});
  return [
    ...(multiscale === false ? [] : [{ multiscale }]),
    { crop: cropOf(file, listed ? 'pad' : 'report') },
  ];
}

/** On the grid of lq, so that it can be cut alike. */
function cropOf(file: OptionFile, too_small: 'pad' | 'report') {
  const onGrid = (length: number): number => Math.ceil(length / file.scale) * file.scale;
  const size = onGrid(Math.max(originalCrop, patchSize(file)));
  const { crop } = file.stream;
  return { size, step: onGrid((crop?.size ?? size) / 2), too_small, ...crop };
}

function degrade({ datasets: { train }, model_type, gt_usm, ...keys }: OptionFile): Stages {
  if (isPaired(train)) return [];
  if (keys.stream.mode === 'reference') {
    const preset = model_type === 'RealESRGANModel' ? 'realesrgan' : 'realesrnet';
    return [{ degrade: { preset, mode: 'reference', queue_size: keys.queue_size } }];
  }
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
