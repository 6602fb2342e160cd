import { z } from 'zod';
import { engineNames, executionNames } from '../engines/names.js';
import { DiscriminatorOptions, NetworkOptions } from '../networks/options.js';
import { LoggerOptions } from './options/logger.js';
import { PathOptions } from './options/path.js';
import { TrainingOptions } from './options/training.js';
import { ValidationOptions } from './options/validation.js';

export { SchedulerOptions } from './options/scheduler.js';

/** Of an experiment: a folder of that name is made, and moved. */
export const ExperimentName = z.string().regex(/^(?!\.{1,2}$)[^/\\]+$/, 'a name, not a path');

/** The stream delivers RGB; networks of other channels can be loaded and applied, but not trained on it. */
function takesRgb(network: object, ctx: z.RefinementCtx): void {
  for (const [key, value] of Object.entries(network))
    if (/^num_(in|out)_ch$/.test(key) && value !== 3)
      ctx.addIssue({ code: 'custom', path: [key], message: 'must be 3: the pictures of a training are RGB' });
}

const sharpened = (what: string) =>
  z.boolean().default(false).describe(`${what} gt sharpened by USM, as Real-ESRGAN's option files may ask.`);

/** Options of a training run: the words and the structure of BasicSR's option files; unknown keys are refused. */
export const TrainOptions = z
  .strictObject({
    name: ExperimentName.optional().describe('Name of the experiment (default: the name of the pipeline).'),
    engine: z
      .enum(engineNames)
      .default('auto')
      .describe('What computes; auto takes the fastest there is (`esrgan doctor` shows them).'),
    execution: z
      .enum(executionNames)
      .default('auto')
      .describe('What the engine computes on: the processor or a graphics card.'),
    network_g: NetworkOptions.superRefine(takesRgb).describe('The generator: type and sizes.'),
    network_d: DiscriminatorOptions.superRefine(takesRgb)
      .nullish()
      .describe('The discriminator of adversarial training.'),
    l1_gt_usm: sharpened('The pixel loss compares with'),
    percep_gt_usm: sharpened('The perceptual loss compares with'),
    gan_gt_usm: sharpened('The discriminator is shown'),
    path: PathOptions.prefault({}).describe('What to start from and where to write.'),
    train: TrainingOptions.describe('Optimizers, schedule, losses.'),
    val: ValidationOptions.optional().describe('Measure the network on held-back photographs.'),
    logger: LoggerOptions.prefault({}).describe('How often to report and save.'),
    manual_seed: z.number().int().min(0).default(0).describe('Seed of the initial weights.'),
  })
  .refine((o) => !o.train.gan_opt || o.network_d, {
    message: 'train.gan_opt needs a discriminator',
    path: ['network_d'],
  })
  .refine((o) => !o.logger.log_samples || o.train.pixel_opt, {
    message: 'logger.log_samples notes down the pixel loss: give train.pixel_opt',
    path: ['logger', 'log_samples'],
  });

export type TrainOptions = z.infer<typeof TrainOptions>;
