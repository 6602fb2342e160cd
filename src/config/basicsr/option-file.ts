import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { CropOptions } from '../../stages/crop/options.js';
import { MetadataOptions } from '../../stages/metadata/options.js';
import { MultiscaleOptions } from '../../stages/multiscale/options.js';
import { bytes } from '../../stages/units.js';
import { TrainOptions } from '../../training/options.js';
import { type PairedDataset, TrainDataset, ValDataset } from './dataset-options.js';
import { type DegradationKeys, degradationDefaults, topKeys } from './degradation-options.js';
import { checkDegradation, degradationSteps } from './degradation-steps.js';

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

/** What only the stream has: an addition to the words of BasicSR, which passes over it. */
const Stream = z.strictObject({
  memory: bytes.optional().describe('Budget of decoded images, e.g. 2GiB (default: 512MiB).'),
  workers: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Threads that degrade (default: number of cores).'),
  exclude: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('Globs of pictures to leave out, e.g. those of a validation set.'),
  multiscale: z
    .union([z.literal(false), MultiscaleOptions])
    .optional()
    .describe(
      'Sizes at which photographs are used (default without meta_info: those of the stage multiscale); false for one.',
    ),
  crop: CropOptions.partial().optional().describe('Overlapping crops (default: 400 pixels, 200 apart).'),
  mode: z
    .enum(['sample', 'reference'])
    .default('sample')
    .describe(
      'sample: every pair draws its own numbers. reference: as the original program, which draws much for a whole batch and mixes pairs in a pool (only with the published numbers; for comparisons).',
    ),
  metadata: MetadataOptions.optional().describe('Write where every crop comes from.'),
});

const trainKeys = Object.fromEntries(
  Object.keys(TrainOptions.shape).map((key) => [key, z.unknown().optional()]),
);

const datasets = (sets: readonly string[]) => ({
  datasets: z
    .strictObject({ train: TrainDataset, ...Object.fromEntries(sets.map((set) => [set, ValDataset])) })
    .describe('Where the pictures are.'),
});

const own = {
  name: z
    .string()
    .regex(/^[^/\\]+$/, 'a name, not a path')
    .describe('Name of the experiment; results go to experiments/NAME.'),
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
  stream: Stream.prefault({}).describe('Memory, crops and sizes of the stream.'),
};

const Own = z.strictObject({ ...own, datasets: z.strictObject({ train: TrainDataset }) });

/** The part of an option file that describes the stream; `TrainOptions` is the other one. */
export type OptionFile = z.infer<typeof Own>;

/**
 * An option file of BasicSR or Real-ESRGAN; what `TrainOptions` checks may be anything here. Idle keys have been
 * taken out.
 *
 * @param sets names of the validation sets in the file: `val`, `val_set5` ...
 */
export function optionFileSchema(sets: readonly string[]): z.ZodType<OptionFile> {
  return z.strictObject({ ...trainKeys, ...own, ...datasets(sets) }).superRefine(checkRules);
}

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

/** Whether the degradation is that of the presets realesrgan and realesrnet. */
const isPublished = (keys: DegradationKeys, { model_type, gt_usm }: OptionFile): boolean =>
  (model_type === 'RealESRGANModel' || gt_usm) &&
  isDeepStrictEqual(degradationSteps(keys), degradationSteps(degradationDefaults));

function checkRules(file: OptionFile, ctx: z.core.$RefinementCtx): void {
  const say = (path: string[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  const { datasets, model_type, scale } = file;
  const set = datasets.train;
  const patch = isPaired(set) ? ['datasets', 'train', 'gt_size'] : ['gt_size'];
  if (patchSize(file) % scale !== 0)
    say(patch, `must be a multiple of scale (${scale}), but is ${patchSize(file)}`);
  if (isPaired(set)) {
    if (file.high_order_degradation === true)
      say(['high_order_degradation'], `a ${set.type} brings its own lq: write false`);
    if (file.stream.multiscale)
      say(['stream', 'multiscale'], `the pairs of a ${set.type} are used as they are: leave this out`);
    return;
  }
  checkDegradation({ ...file, ...set }, ctx);
  if (file.stream.mode === 'reference' && !isPublished({ ...file, ...set }, file))
    say(
      ['stream', 'mode'],
      'reference is there with the published numbers of the degradation (and gt_usm: true for RealESRNet) only',
    );
  if (!model_type.startsWith('RealESR'))
    say(
      ['datasets', 'train', 'type'],
      `${model_type} does not degrade: give it a PairedImageDataset, or use RealESRNetModel or RealESRGANModel`,
    );
  if (file.high_order_degradation === false)
    say(['high_order_degradation'], 'without degradation lq must be given: use a RealESRGANPairedDataset');
  if (set.meta_info !== undefined && set.dataroot_gt.length > 1)
    say(
      ['datasets', 'train', 'dataroot_gt'],
      'with meta_info give one folder, which its paths are relative to',
    );
}
