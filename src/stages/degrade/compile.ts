import path from 'node:path';
import { type Chain, makeChain, type PlainStep } from '../../degradations/chain.js';
import type { Degradation } from '../../degradations/define.js';
import { degradations } from '../../degradations/index.js';
import { loadDegradation } from '../../degradations/plugin.js';
import { type PresetName, presetPath, readPreset } from '../../degradations/presets.js';
import { EsrganError } from '../../errors.js';
import { type DegradeOptions, type DegradeStep, PresetSteps } from './options.js';

/**
 * Turns validated options into a chain: presets are read, plug-ins loaded (their paths are relative to
 * `baseFolder`, the folder of the pipeline file) and their options validated. Every thread makes its own.
 */
export async function compileChain(options: DegradeOptions, baseFolder: string): Promise<Chain> {
  return makeChain(await plainSteps(options.steps, baseFolder));
}

async function plainSteps(steps: readonly DegradeStep[], baseFolder: string): Promise<PlainStep[]> {
  const compiled: PlainStep[] = [];
  for (const step of steps) compiled.push(...(await plainStep(step, baseFolder)));
  return compiled;
}

async function plainStep(step: DegradeStep, baseFolder: string): Promise<PlainStep[]> {
  const { preset, use, with: given, prob, ...operators } = step;
  if (preset !== undefined) return presetSteps(preset, prob);
  if (use !== undefined) {
    const operator = await loadDegradation(use, baseFolder);
    return [{ operator, options: await pluginOptions(operator, use, given ?? {}), prob }];
  }
  return Object.entries(operators).map(([name, options]) => {
    const operator = degradations.get(name);
    if (!operator) throw new EsrganError('DEGRADATION_UNKNOWN', `there is no degradation called ${name}`);
    return { operator, options, prob };
  });
}

async function presetSteps(name: PresetName, prob: number): Promise<PlainStep[]> {
  const steps = await plainSteps(PresetSteps.parse(await readPreset(name)), path.dirname(presetPath(name)));
  return steps.map((step) => ({ ...step, prob: step.prob * prob }));
}

async function pluginOptions(operator: Degradation, use: string, given: unknown): Promise<unknown> {
  const result = await operator.options['~standard'].validate(given);
  if (result.issues === undefined) return result.value;
  const list = result.issues.map(({ message, path = [] }) => {
    const at = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${['with', ...at].join('.')}: ${message}`;
  });
  throw new EsrganError(
    'PLUGIN_OPTIONS',
    `plug-in ${use} (${operator.name}) refuses its options: ${list.join('; ')}`,
    {
      remedy: 'Correct the values under `with`.',
    },
  );
}
