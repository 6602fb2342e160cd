import { z } from 'zod';
import { operators } from '../../degradations/index.js';
import { presetNames } from '../../degradations/presets.js';
import { probability, range } from '../../degradations/range.js';

const On = z
  .enum(['gt', 'lq', 'both'])
  .describe('What is changed: gt (lq is made from it), lq (default), or both in the same way.');

const Per = z
  .enum(['sample', 'batch'])
  .describe('Draw for every pair (sample, default), or once for all pairs of a batch.');

/** Several steps under one key. */
const groupKinds = ['steps', 'one_of', 'shuffle', 'repeat'] as const;
const otherKinds = ['preset', 'use', ...groupKinds] as const;
const operatorNames = Object.keys(operators);
const kinds: readonly string[] = [...operatorNames, ...otherKinds];

/** A validated step: exactly one of the kinds, and what stands beside it. */
export interface DegradeStep {
  /** An operator's options under its name. */
  readonly [operator: string]: unknown;
  readonly preset?: (typeof presetNames)[number];
  readonly use?: string;
  readonly with?: unknown;
  readonly steps?: readonly DegradeStep[];
  readonly one_of?: readonly WeightedStep[];
  readonly shuffle?: readonly DegradeStep[];
  readonly repeat?: { readonly times: readonly [number, number]; readonly steps: readonly DegradeStep[] };
  readonly on?: z.infer<typeof On>;
  readonly per?: z.infer<typeof Per>;
  readonly prob: number;
}

export interface WeightedStep extends DegradeStep {
  readonly weight: number;
}

/** `- jpeg:` without a value means its defaults; `on` may also stand among the options. */
function operatorKey(name: string, options: z.ZodType): z.ZodType {
  const open = options instanceof z.ZodObject && !('on' in options.shape);
  const full = open ? options.safeExtend({ on: On.optional() }) : options;
  return full
    .meta({ id: name, description: options.description })
    .nullable()
    .transform((value, ctx) => {
      if (value !== null) return value;
      const defaults = full.safeParse({});
      if (defaults.success) return defaults.data;
      for (const { path, message } of defaults.error.issues)
        ctx.addIssue({ code: 'custom', path: [...path], message });
      return z.NEVER;
    });
}

const operatorKeys = Object.fromEntries(
  Object.entries(operators).map(([name, { options }]) => [
    name,
    operatorKey(name, options)
      .optional()
      .describe(options.description ?? name),
  ]),
);

const list = z.lazy(() => z.array(Step).min(1));

const shape = {
  ...operatorKeys,
  preset: z.enum(presetNames).optional().describe('All steps of a preset.'),
  use: z
    .string()
    .min(1)
    .optional()
    .describe('A plug-in: a .js, .mjs or .ts file relative to this file, or the name of a package.'),
  with: z.unknown().optional().describe('Options of the plug-in.'),
  steps: list.optional().describe('Several steps as one, in this order.'),
  one_of: z
    .lazy(() => z.array(Weighted).min(1))
    .refine((branches) => branches.some(({ weight }) => weight > 0), { message: 'every weight is 0' })
    .optional()
    .describe('One of these steps, drawn by `weight`.'),
  shuffle: list.optional().describe('All of these steps, in a random order.'),
  repeat: z
    .strictObject({
      times: range(z.number().int().min(0).max(64)).describe('A number, or [least, most].'),
      steps: list,
    })
    .optional()
    .describe('All of these steps several times, each time with new draws.'),
  on: On.optional(),
  per: Per.optional(),
  prob: probability.default(1).describe('Probability with which the step is applied.'),
};

const exactlyOne = { oneOf: kinds.map((kind) => ({ required: [kind] })) };

function ruled<Keys extends z.ZodRawShape>(keys: Keys) {
  return z.strictObject(keys).superRefine((step: Readonly<Record<string, unknown>>, ctx) => {
    const say = (message: string, ...path: string[]) => ctx.addIssue({ code: 'custom', message, path });
    const named = kinds.filter((kind) => step[kind] !== undefined);
    if (named.length === 0)
      say(`a step names an operator (${operatorNames.join(', ')}) or one of ${otherKinds.join(', ')}`);
    if (named.length > 1)
      say(`a step names exactly one operator, but here are ${named.join(' and ')}: begin each with a dash`);
    if (step.with !== undefined && step.use === undefined)
      say('`with` holds the options of a plug-in and needs `use`', 'with');
    const inside = (step[named[0]] as { readonly on?: unknown } | undefined)?.on;
    if (step.on !== undefined && inside !== undefined && inside !== step.on)
      say(`\`on\` is given twice, as ${String(step.on)} and as ${String(inside)}`, 'on');
  });
}

/** One step: exactly one operator, plug-in, preset or group, and how often it is applied to what. */
const Step: z.ZodType<DegradeStep> = ruled(shape).meta({ id: 'step', ...exactlyOne });

const Weighted: z.ZodType<WeightedStep> = ruled({
  ...shape,
  weight: z.number().min(0).default(1).describe('How likely it is, in proportion to the others.'),
}).meta({ id: 'weighted_step', ...exactlyOne });

export { Step };
