import { z } from 'zod';

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
  periods: z.array(z.number().int().positive()).min(1).describe('Lengths of the periods in iterations.'),
  restart_weights: z
    .array(z.number().positive())
    .default([1])
    .describe('Weight of the rate in each period, one a period.'),
  eta_min: z.number().min(0).default(0).describe('Learning rate at the end of a period.'),
});

/** `train.scheduler` of an options file; it governs both optimizers. */
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
