import { z } from 'zod';
import { GanLossOptions, PerceptualLossOptions, PixelLossOptions } from '../../losses/options.js';
import { OptimizerOptions } from './optimizer.js';
import { SchedulerOptions } from './scheduler.js';

const iterations = z.number().int().positive();

/** `train` of an options file: optimizers, schedule, losses. */
export const TrainingOptions = z
  .strictObject({
    ema_decay: z
      .number()
      .min(0)
      .lt(1)
      .default(0.999)
      .describe('params_ema = ema_decay * params_ema + (1 - ema_decay) * params after each step.'),
    optim_g: OptimizerOptions.prefault({}).describe('Optimizer of the generator.'),
    optim_d: OptimizerOptions.prefault({}).describe('Optimizer of the discriminator.'),
    scheduler: SchedulerOptions.nullish().describe('How the learning rate changes; without it, it stays.'),
    total_iter: iterations.describe('Number of training steps.'),
    warmup_iter: z
      .number()
      .int()
      .min(-1)
      .default(-1)
      .describe('Raise the rate linearly over this many iterations; -1 for none.'),
    pixel_opt: PixelLossOptions.nullable()
      .prefault({ type: 'L1Loss' })
      .describe('Loss on pixels; ~ for none.'),
    perceptual_opt: PerceptualLossOptions.nullish().describe('Loss on what VGG19 sees in the pictures.'),
    gan_opt: GanLossOptions.nullish().describe('Adversarial loss; it needs network_d.'),
    net_d_iters: iterations
      .default(1)
      .describe('The generator is trained in every so many iterations, the discriminator in all of them.'),
    net_d_init_iters: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('Train the discriminator alone for this many iterations.'),
    accum_iter: iterations
      .default(1)
      .describe('Batches whose gradients are averaged in a step: a larger batch without its memory.'),
    clip_grad_norm: z
      .number()
      .positive()
      .optional()
      .describe('Scale the gradients of a network down where their norm is larger than this.'),
    nonfinite_limit: iterations
      .default(3)
      .describe('Stop when so many steps in a row had a loss or gradient that is not a finite number.'),
  })
  .refine(
    (t) =>
      t.scheduler?.type !== 'CosineAnnealingRestartLR' ||
      t.scheduler.periods.reduce((sum, n) => sum + n, 0) >= t.total_iter,
    { message: 'the periods must add up to at least total_iter', path: ['scheduler', 'periods'] },
  )
  .refine((t) => t.pixel_opt ?? t.perceptual_opt, {
    message: 'give pixel_opt or perceptual_opt',
    path: ['pixel_opt'],
  });

export type TrainingOptions = z.infer<typeof TrainingOptions>;
