import { z } from 'zod';
import { PixelLossOptions } from '../losses/options.js';
import { NetworkOptions } from '../networks/options.js';

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (typeof v === 'string' ? [v] : v));

const iterations = z.number().int().positive();

const Adam = z.strictObject({
  type: z
    .enum(['Adam', 'AdamW'])
    .default('Adam')
    .describe('Adam adds weight_decay to the gradient; AdamW shrinks the weights by it directly.'),
  lr: z.number().positive().default(2e-4).describe('Learning rate at the start (after warm-up).'),
  weight_decay: z.number().min(0).default(0).describe('Pull of the weights towards zero.'),
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .default([0.9, 0.99])
    .describe('How much of the running mean of gradients, and of their squares, is kept in each step.'),
});

const MultiStep = z.strictObject({
  type: z.literal(['MultiStepLR', 'MultiStepRestartLR']).describe('Multiply the rate at given iterations.'),
  milestones: z
    .array(z.number().int().min(0))
    .describe('Iterations after which the learning rate is multiplied by gamma.'),
  gamma: z.number().positive().default(0.1).describe('Factor at each milestone.'),
  restarts: z
    .array(z.number().int().min(0))
    .default([0])
    .describe('Iterations after which the rate starts again from lr times its restart weight.'),
  restart_weights: z.array(z.number().positive()).default([1]).describe('One weight a restart.'),
});

const Cosine = z.strictObject({
  type: z
    .literal('CosineAnnealingRestartLR')
    .describe('Lower the rate along half a cosine, period by period.'),
  periods: z.array(iterations).min(1).describe('Lengths of the periods in iterations.'),
  restart_weights: z
    .array(z.number().positive())
    .default([1])
    .describe('Weight of the rate in each period, one a period.'),
  eta_min: z.number().min(0).default(0).describe('Learning rate at the end of a period.'),
});

export const SchedulerOptions = z
  .discriminatedUnion('type', [MultiStep, Cosine])
  .refine(
    (s) =>
      s.restart_weights.length === (s.type === 'CosineAnnealingRestartLR' ? s.periods : s.restarts).length,
    {
      message: 'give one restart weight for each period or restart',
      path: ['restart_weights'],
    },
  );

export type SchedulerOptions = z.infer<typeof SchedulerOptions>;

const Training = z
  .strictObject({
    ema_decay: z
      .number()
      .min(0)
      .lt(1)
      .default(0.999)
      .describe('params_ema = ema_decay * params_ema + (1 - ema_decay) * params after each step.'),
    optim_g: Adam.prefault({}).describe('Optimizer of the generator.'),
    scheduler: SchedulerOptions.optional().describe('How the learning rate changes; without it, it stays.'),
    total_iter: iterations.describe('Number of training steps.'),
    warmup_iter: z
      .number()
      .int()
      .min(-1)
      .default(-1)
      .describe('Raise the rate linearly over this many iterations; -1 for none.'),
    pixel_opt: PixelLossOptions.prefault({ type: 'L1Loss' }).describe('Loss on pixels.'),
  })
  .refine(
    (t) =>
      t.scheduler?.type !== 'CosineAnnealingRestartLR' ||
      t.scheduler.periods.reduce((sum, n) => sum + n, 0) >= t.total_iter,
    { message: 'the periods must add up to at least total_iter', path: ['scheduler', 'periods'] },
  );

const Paths = z.strictObject({
  pretrain_network_g: z
    .string()
    .optional()
    .describe('Start from the weights in this .safetensors file instead of random ones.'),
  param_key_g: z
    .enum(['params_ema', 'params'])
    .default('params_ema')
    .describe('Which of the two sets of weights in pretrain_network_g to start from.'),
  strict_load_g: z
    .boolean()
    .default(true)
    .describe('Refuse a file whose tensors are not exactly those of network_g.'),
  experiments_root: z
    .string()
    .default('experiments')
    .describe('Results go to experiments_root/name: models/, visualization/.'),
});

const Validation = z.strictObject({
  images: oneOrMore.describe('Photographs held back from training: files or globs.'),
  val_freq: iterations.optional().describe('Validate every so many iterations; always at the end.'),
  save_img: z
    .boolean()
    .default(true)
    .describe('Write a picture a photograph: LQ, bicubic, network and GT side by side.'),
});

const Logger = z.strictObject({
  print_freq: iterations.default(100).describe('Iterations between two records of the losses.'),
  save_checkpoint_freq: iterations
    .optional()
    .describe('Write a checkpoint every so many iterations; always at the end.'),
});

/** Options of a training run: the words and the structure of BasicSR's option files; unknown keys are refused. */
export const TrainOptions = z.strictObject({
  name: z
    .string()
    .regex(/^[^/\\]+$/, 'a name, not a path')
    .optional()
    .describe('Name of the experiment (default: the name of the pipeline).'),
  engine: z
    .enum(['auto', 'tensorflow', 'wasm', 'cpu'])
    .default('auto')
    .describe(
      'What computes: tensorflow (native binary needed), wasm, cpu (slow); auto takes the fastest there is.',
    ),
  network_g: NetworkOptions.describe('The generator: type and sizes.'),
  path: Paths.prefault({}).describe('What to start from and where to write.'),
  train: Training.describe('Optimizer, schedule, losses.'),
  val: Validation.optional().describe('Measure PSNR on held-back photographs.'),
  logger: Logger.prefault({}).describe('How often to report and save.'),
  manual_seed: z.number().int().min(0).default(0).describe('Seed of the initial weights.'),
});

export type TrainOptions = z.infer<typeof TrainOptions>;
