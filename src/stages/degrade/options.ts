import { z } from 'zod';
import { type PresetName, presetNames } from '../../degradations/presets.js';
import { defaultFailures, defaultQueue } from './defaults.js';
import { type DegradeStep, Step } from './step.js';

const Steps = z.array(Step).describe('Steps, applied in this order.');

const maxFailures = z
  .number()
  .int()
  .min(0)
  .default(defaultFailures)
  .describe('Crops that may fail; they are reported and left out. With one more the run ends.');

const modes = ['sample', 'reference'] as const;

/** Presets that the original's batches are known for, and the form of them that draws as it does. */
const references: Partial<Record<PresetName, PresetName>> = {
  realesrgan: 'realesrgan_reference',
  realesrnet: 'realesrnet_reference',
};

const Mapping = z
  .strictObject({
    preset: z.enum(presetNames).optional().describe('A named list of steps (pipelines/presets).'),
    steps: Steps.optional(),
    mode: z
      .enum(modes)
      .default('sample')
      .describe(
        'sample: everything is drawn for every pair. reference: as the original program, which draws much for a whole batch, has one window for all of it, models JPEG, and mixes batches in a pool (presets realesrgan, realesrnet); for comparisons.',
      ),
    queue_size: z
      .number()
      .int()
      .min(0)
      .default(defaultQueue)
      .describe(
        'Pairs in the pool that mixes batches (mode: reference only; rounded up to whole batches, 0 for none).',
      ),
    max_failures: maxFailures,
  })
  .refine((o) => o.mode !== 'reference' || o.preset === undefined || o.preset in references, {
    message: `only the presets ${Object.keys(references).join(' and ')} have a mode: reference`,
    path: ['mode'],
  })
  .refine((o) => (o.preset === undefined) !== (o.steps === undefined), {
    message: 'give either preset or steps',
  });

const defaults = { mode: 'sample', queue_size: defaultQueue, max_failures: defaultFailures } as const;

/** Steps as a list, or a mapping with `preset` or `steps`; what was parsed is valid input again. */
export const DegradeOptions = z
  .union([Steps, Mapping])
  .transform((value): DegradeOptions => {
    if (Array.isArray(value)) return { steps: value, ...defaults };
    const { preset: asked, steps, ...rest } = value;
    const preset = (rest.mode === 'reference' && asked && references[asked]) || asked;
    return { steps: steps ?? [{ preset, prob: 1 }], ...rest };
  })
  .describe('How lq is made from gt.');

export interface DegradeOptions {
  readonly steps: readonly DegradeStep[];
  readonly mode?: (typeof modes)[number];
  readonly queue_size?: number;
  readonly max_failures?: number;
}

/** Validates the steps of a preset. */
export const PresetSteps = Steps;
