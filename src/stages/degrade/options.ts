import { z } from 'zod';
import { operators } from '../../degradations/index.js';
import { presetNames } from '../../degradations/presets.js';
import { probability } from '../../degradations/range.js';

type Operators = typeof operators;
type OperatorKeys = { [Name in keyof Operators]: z.ZodOptional<Operators[Name]['options']> };

const operatorKeys = Object.fromEntries(
  Object.entries(operators).map(([name, { options }]) => [name, options.optional()]),
) as OperatorKeys;

const kinds = [...Object.keys(operators), 'preset', 'use'];

/** One step: exactly one operator, preset or plug-in, and how often it is applied. */
const Step = z
  .strictObject({
    ...operatorKeys,
    preset: z.enum(presetNames).optional().describe('All steps of a preset.'),
    use: z
      .string()
      .min(1)
      .optional()
      .describe('A plug-in: a .js, .mjs or .ts file relative to this file, or the name of a package.'),
    with: z.unknown().optional().describe('Options of the plug-in.'),
    prob: probability.default(1).describe('Probability with which the step is applied.'),
  })
  .refine((step) => kinds.filter((kind) => kind in step).length === 1, {
    message: `a step names exactly one of ${kinds.join(', ')}`,
  })
  .refine((step) => step.with === undefined || step.use !== undefined, {
    message: '`with` holds the options of a plug-in and needs `use`',
    path: ['with'],
  });

export type DegradeStep = z.infer<typeof Step>;

const Steps = z.array(Step).describe('Steps, applied in this order.');

/** Steps as a list, or `{ preset: NAME }`; parsed to `{ steps }`, which is valid input again. */
export const DegradeOptions = z
  .union([
    Steps,
    z
      .strictObject({
        preset: z.enum(presetNames).optional().describe('A named list of steps (pipelines/presets).'),
        steps: Steps.optional(),
      })
      .refine((o) => (o.preset === undefined) !== (o.steps === undefined), {
        message: 'give either preset or steps',
      }),
  ])
  .transform((value): { steps: DegradeStep[] } => {
    if (Array.isArray(value)) return { steps: value };
    return { steps: value.steps ?? [{ preset: value.preset, prob: 1 }] };
  })
  .describe('How lq is made from gt.');

export type DegradeOptions = z.infer<typeof DegradeOptions>;

/** Validates the steps of a preset. */
export const PresetSteps = Steps;
