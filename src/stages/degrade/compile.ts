import path from 'node:path';
import {
  type Chain,
  makeChain,
  type PlainGroup,
  type PlainStep,
  type Target,
} from '../../degradations/chain.js';
import { degradations } from '../../degradations/index.js';
import { type PresetName, presetPath, readPreset } from '../../degradations/presets.js';
import { EsrganError } from '../../errors.js';
import { type DegradeOptions, PresetSteps } from './options.js';
import { loadPlugin, type SpotOf } from './plugin-step.js';
import type { DegradeStep, WeightedStep } from './step.js';

/**
 * Turns validated options into a chain: presets are read, plug-ins loaded (their paths are relative to
 * `baseFolder`, the folder of the pipeline file) and their options validated. Every thread makes its own.
 * `spotOf` tells where in the pipeline file something stands, for error messages.
 */
export async function compileChain(
  options: DegradeOptions,
  baseFolder: string,
  spotOf: SpotOf = () => undefined,
): Promise<Chain> {
  const compiler: Compiler = { baseFolder, spotOf, presets: [], on: undefined };
  return makeChain(await compileAll(options.steps, ['steps'], compiler));
}

interface Compiler {
  readonly baseFolder: string;
  readonly spotOf: SpotOf;
  /** The presets that are being read, the outermost first. */
  readonly presets: readonly PresetName[];
  /** What the group around a step is applied to. */
  readonly on: Target | undefined;
}

type Path = readonly PropertyKey[];

async function compileAll(steps: readonly DegradeStep[], at: Path, compiler: Compiler): Promise<PlainStep[]> {
  const compiled: PlainStep[] = [];
  for (const [i, step] of steps.entries()) compiled.push(await compileStep(step, [...at, i], compiler));
  return compiled;
}

async function compileStep(step: DegradeStep, at: Path, outer: Compiler): Promise<PlainStep> {
  const { prob, preset, use, steps, one_of, shuffle, repeat } = step;
  const compiler = { ...outer, on: step.on ?? outer.on };
  const inside = (inner: readonly DegradeStep[], ...key: string[]) =>
    compileAll(inner, [...at, ...key], compiler);
  if (preset !== undefined) return presetGroup(preset, prob, compiler);
  if (use !== undefined) {
    const plugin = await loadPlugin(use, step.with ?? {}, at, compiler);
    return { ...plugin, prob, on: compiler.on };
  }
  if (steps) return { kind: 'sequence', prob, steps: await inside(steps, 'steps') };
  if (one_of)
    return { kind: 'one_of', prob, weights: one_of.map(weightOf), steps: await inside(one_of, 'one_of') };
  if (shuffle) return { kind: 'shuffle', prob, steps: await inside(shuffle, 'shuffle') };
  if (repeat)
    return {
      kind: 'repeat',
      prob,
      times: repeat.times,
      steps: await inside(repeat.steps, 'repeat', 'steps'),
    };
  return operatorStep(step, compiler.on);
}

const weightOf = ({ weight }: WeightedStep): number => weight;

/** An operator from its key; `on` among its options counts as if it stood beside them. */
function operatorStep(step: DegradeStep, on: Target | undefined): PlainStep {
  for (const [name, operator] of degradations) {
    const given = step[name];
    if (given === undefined) continue;
    const { on: own = on, ...options } = given as { readonly on?: Target };
    return { operator, options, prob: step.prob, on: own };
  }
  throw new Error('the step names no operator');
}

async function presetGroup(name: PresetName, prob: number, outer: Compiler): Promise<PlainGroup> {
  const presets = [...outer.presets, name];
  if (outer.presets.includes(name)) {
    throw new EsrganError('PRESET_CYCLE', `presets include one another in a circle: ${presets.join(' > ')}`, {
      place: { file: presetPath(name) },
      remedy: 'Leave one of them out.',
    });
  }
  const compiler = { ...outer, presets, baseFolder: path.dirname(presetPath(name)) };
  const steps = PresetSteps.parse(await readPreset(name));
  return { kind: 'sequence', label: `preset:${name}`, prob, steps: await compileAll(steps, [], compiler) };
}
