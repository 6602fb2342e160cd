import path from 'node:path';
import {
  type Chain,
  makeChain,
  type PlainStep,
  requireTarget,
  type Target,
} from '../../degradations/chain.js';
import { degradations } from '../../degradations/index.js';
import { loadDegradation } from '../../degradations/plugin.js';
import { type PresetName, presetPath, readPreset } from '../../degradations/presets.js';
import { EsrganError } from '../../errors.js';
import { type DegradeOptions, PresetSteps } from './options.js';
import { type LoadDegradation, loadPlugin, type SpotOf } from './plugin-step.js';
import type { DegradeStep } from './step.js';

/**
 * Turns validated options into a chain: presets are read, plug-ins loaded (their paths are relative to
 * `baseFolder`, the folder of the pipeline file) and their options validated. Every thread makes its own.
 * `spotOf` tells where in the pipeline file something stands, for error messages; `load` is how plug-ins are loaded.
 */
export async function compileChain(
  options: DegradeOptions,
  baseFolder: string,
  spotOf: SpotOf = () => undefined,
  load: LoadDegradation = loadDegradation,
): Promise<Chain> {
  const compiler: Compiler = { baseFolder, spotOf, load, presets: [], on: undefined };
  const steps = await compileAll(options.steps, ['steps'], compiler);
  return makeChain(steps, { reference: options.mode === 'reference' });
}

interface Compiler {
  readonly baseFolder: string;
  readonly spotOf: SpotOf;
  readonly load: LoadDegradation;
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
  const { prob, per, preset, use, steps, one_of, shuffle, repeat } = step;
  const compiler = { ...outer, on: step.on ?? outer.on };
  const inside = (inner: readonly DegradeStep[], ...key: string[]) =>
    compileAll(inner, [...at, ...key], compiler);
  if (preset !== undefined)
    return { kind: 'sequence', prob, per, ...(await presetSteps(preset, at, compiler)) };
  if (use !== undefined) {
    const plugin = await loadPlugin(use, step.with ?? {}, at, compiler);
    requireTarget(plugin.operator, compiler.on ?? 'lq', compiler.spotOf(at));
    return { ...plugin, prob, per, on: compiler.on };
  }
  if (steps) return { kind: 'sequence', prob, per, steps: await inside(steps, 'steps') };
  if (shuffle) return { kind: 'shuffle', prob, per, steps: await inside(shuffle, 'shuffle') };
  if (one_of) {
    const weights = one_of.map(({ weight }) => weight);
    return { kind: 'one_of', prob, per, weights, steps: await inside(one_of, 'one_of') };
  }
  if (repeat) {
    const { times } = repeat;
    return { kind: 'repeat', prob, per, times, steps: await inside(repeat.steps, 'repeat', 'steps') };
  }
  return operatorStep(step, at, compiler);
}

/** An operator from its key; `on` among its options counts as if it stood beside them. */
function operatorStep(step: DegradeStep, at: Path, { on, spotOf }: Compiler): PlainStep {
  for (const [name, operator] of degradations) {
    const given = step[name];
    if (given === undefined) continue;
    const { on: own = on, ...options } = given as { readonly on?: Target };
    requireTarget(operator, own ?? 'lq', spotOf([...at, name]));
    return { operator, options, prob: step.prob, per: step.per, on: own };
  }
  throw new Error('the step names no operator');
}

async function presetSteps(
  name: PresetName,
  at: Path,
  outer: Compiler,
): Promise<{ readonly label: string; readonly steps: readonly PlainStep[] }> {
  const presets = [...outer.presets, name];
  if (outer.presets.includes(name)) {
    throw new EsrganError('PRESET_CYCLE', `presets include one another in a circle: ${presets.join(' > ')}`, {
      place: { file: presetPath(name) },
      remedy: 'Leave one of them out.',
    });
  }
  const spot = outer.spotOf(at);
  const baseFolder = path.dirname(presetPath(name));
  const compiler = { ...outer, presets, baseFolder, spotOf: () => spot };
  const steps = PresetSteps.parse(await readPreset(name));
  return { label: `preset:${name}`, steps: await compileAll(steps, [], compiler) };
}
