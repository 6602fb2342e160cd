import { z } from 'zod';
import { presetNames } from '../../degradations/presets.js';
import { type DegradeStep, Step } from './step.js';

const Steps = z.array(Step).describe('Steps, applied in this order.');

/** Crops that may fail before a run is given up, unless the pipeline says otherwise. */
export const defaultFailures = 100;

const maxFailures = z
  .number()
  .int()
  .min(0)
  .default(defaultFailures)
  .describe('Crops that may fail; they are reported and left out. With one more the run ends.');

const Mapping = z
  .strictObject({
    preset: z.enum(presetNames).optional().describe('A named list of steps (pipelines/presets).'),
    steps: Steps.optional(),
    max_failures: maxFailures,
  })
  .refine((o) => (o.preset === undefined) !== (o.steps === undefined), {
    message: 'give either preset or steps',
  });

/** Steps as a list, or a mapping with `preset` or `steps`; what was parsed is valid input again. */
export const DegradeOptions = z
  .union([Steps, Mapping])
  .transform((value): DegradeOptions => {
    if (Array.isArray(value)) return { steps: value, max_failures: defaultFailures };
    const { preset, steps, max_failures } = value;
    return { steps: steps ?? [{ preset, prob: 1 }], max_failures };
  })
  .describe('How lq is made from gt.');

export interface DegradeOptions {
  readonly steps: readonly DegradeStep[];
  readonly max_failures?: number;
}

/** Validates the steps of a preset. */
export const PresetSteps = Steps;
