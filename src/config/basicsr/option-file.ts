import { z } from 'zod';
import { ExperimentName, TrainOptions } from '../../training/options.js';
import { type PairedDataset, TrainDataset, ValDataset } from './dataset-options.js';
import { topKeys } from './degradation-options.js';
import { StreamOptions } from './stream-options.js';

/** Trainers of BasicSR and Real-ESRGAN. */
export const modelTypes = [
  'RealESRNetModel',
  'RealESRGANModel',
  'SRModel',
  'SRGANModel',
  'ESRGANModel',
] as const;

export type ModelType = (typeof modelTypes)[number];

export const adversarial = (model: ModelType): boolean => model.includes('GAN');

const trainKeys = Object.fromEntries(
  Object.keys(TrainOptions.shape).map((key) => [key, z.unknown().optional()]),
);

const datasets = (sets: readonly string[]) => ({
  datasets: z
    .strictObject({ train: TrainDataset, ...Object.fromEntries(sets.map((set) => [set, ValDataset])) })
    .describe('Where the pictures are.'),
});

const own = {
  name: ExperimentName.describe('Name of the experiment; results go to experiments/NAME.'),
  model_type: z
    .enum(modelTypes)
    .describe(
      'How is trained: RealESRNetModel and SRModel without, RealESRGANModel, SRGANModel and ESRGANModel (relativistic) with a discriminator.',
    ),
  scale: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('Super-resolution factor: gt is scale times lq.'),
  manual_seed: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Everything random in the run follows from this number.'),
  gt_usm: z
    .boolean()
    .default(false)
    .describe('Sharpen gt by USM before lq is made from it (RealESRNetModel).'),
  high_order_degradation: z
    .boolean()
    .optional()
    .describe('false: lq comes from the data set (default: true for RealESRGANDataset).'),
  ...topKeys,
  queue_size: z
    .number()
    .int()
    .min(0)
    .default(180)
    .describe('Pairs in the pool that mixes batches; only with stream.mode: reference.'),
  gt_size: z
    .number()
    .int()
    .positive()
    .default(256)
    .describe('Edge of the gt patch in pixels; lq is gt_size / scale.'),
  stream: StreamOptions.prefault({}).describe('Memory, crops and sizes of the stream.'),
};

const Own = z.strictObject({ ...own, datasets: z.strictObject({ train: TrainDataset }) });

/** The part of an option file that describes the stream; `TrainOptions` is the other one. */
export type OptionFile = z.infer<typeof Own>;

/** An option file in which what `TrainOptions` checks may be anything; `sets` are its validation sets. */
export const streamHalf = (sets: readonly string[]) =>
  z.strictObject({ ...trainKeys, ...own, ...datasets(sets) });

/** A whole option file, for editors and for the tables of the documentation. */
export const WholeOptionFile = z.strictObject({
  ...own,
  ...TrainOptions.shape,
  name: own.name,
  manual_seed: own.manual_seed,
  datasets: z
    .strictObject({ train: TrainDataset, val: ValDataset.optional() })
    .describe('Where the pictures are. A validation set may also be called val_NAME.'),
});

export const isPaired = (set: TrainDataset): set is PairedDataset => set.type !== 'RealESRGANDataset';

/** Edge of the gt patch: paired data sets have their own. */
export const patchSize = ({ gt_size, datasets: { train } }: OptionFile): number =>
  isPaired(train) ? train.gt_size : gt_size;
