import type { ChainStep } from '../../degradations/chain.js';
import type { Degradation } from '../../degradations/define.js';
import { degradations } from '../../degradations/index.js';
import { type PresetName, presetNames, readPreset } from '../../degradations/presets.js';
import { isRecord } from './controls.js';
import { keyOf, type StepPath } from './paths.js';
import type { StepNode } from './wire.js';

/** Plug-ins that are loaded already, by what stands behind `use`. */
export type Loaded = ReadonlyMap<string, Degradation>;

/** The steps of a stage from what is written, with the streams of the chain that it makes, if it makes one. */
export async function treeOf(
  stage: unknown,
  chain: readonly ChainStep[] | undefined,
  plugins: Loaded,
): Promise<StepNode[]> {
  return below(rawSteps(stage), [], chain, { plugins, weighted: false });
}

/** The list of steps in whatever form the stage has. */
export function rawSteps(stage: unknown): readonly unknown[] {
  if (Array.isArray(stage)) return stage;
  if (!isRecord(stage)) return [];
  if (Array.isArray(stage.steps)) return stage.steps;
  const { preset, mode } = stage;
  if (typeof preset !== 'string') return [];
  return [{ preset: mode === 'reference' ? `${preset}_reference` : preset }];
}

interface Around {
  readonly plugins: Loaded;
  readonly weighted: boolean;
}

async function below(
  list: unknown,
  path: StepPath,
  chain: readonly ChainStep[] | undefined,
  around: Around,
): Promise<StepNode[]> {
  const steps = Array.isArray(list) ? list : [];
  return Promise.all(steps.map((raw, i) => node(raw, [...path, i], chain?.[i], around)));
}

const groups = ['steps', 'one_of', 'shuffle', 'repeat'] as const;

async function node(
  raw: unknown,
  path: StepPath,
  chain: ChainStep | undefined,
  { plugins, weighted }: Around,
): Promise<StepNode> {
  const step = isRecord(raw) ? raw : {};
  const common = {
    key: keyOf(path),
    path,
    prob: numberOr(step.prob, 1),
    ...(typeof step.per === 'string' && { per: step.per }),
    ...(typeof step.on === 'string' && { on: step.on }),
    ...(weighted && { weight: numberOr(step.weight, 1) }),
    values: {},
    steps: [],
    stream: chain?.stream,
  };
  const inner = chain && 'steps' in chain ? chain.steps : undefined;
  const group = groups.find((kind) => kind in step);
  if (group) {
    const repeat = isRecord(step.repeat) ? step.repeat : undefined;
    const [list, at] = repeat ? [repeat.steps, ['repeat', 'steps']] : [step[group], [group]];
    const steps = await below(list, [...path, ...at], inner, { plugins, weighted: group === 'one_of' });
    return { ...common, kind: group, name: group, steps, ...(repeat && { times: timesOf(repeat.times) }) };
  }
  if (typeof step.preset === 'string') {
    const list = isPreset(step.preset) ? await readPreset(step.preset) : [];
    const steps = await below(list, [...path, 'preset'], inner, { plugins, weighted: false });
    return { ...common, kind: 'preset', name: step.preset, steps };
  }
  if (typeof step.use === 'string') {
    const operator = plugins.get(step.use);
    const checked = await valuesOf(operator, step.with);
    return { ...common, kind: 'use', name: operator?.name ?? step.use, use: step.use, ...checked };
  }
  const name = [...degradations.keys()].find((known) => known in step);
  if (name === undefined)
    return { ...common, kind: 'unknown', name: Object.keys(step)[0] ?? '?', error: 'no such operator' };
  const { on, ...options } = isRecord(step[name]) ? step[name] : {};
  const checked = await valuesOf(degradations.get(name), options);
  return { ...common, ...(typeof on === 'string' && { on }), kind: 'operator', name, ...checked };
}

async function valuesOf(
  operator: Degradation | undefined,
  given: unknown,
): Promise<Pick<StepNode, 'values' | 'error'>> {
  const raw = isRecord(given) ? given : {};
  const result = await operator?.options['~standard'].validate(raw);
  if (result?.issues === undefined) return { values: isRecord(result?.value) ? result.value : raw };
  const [{ message, path = [] }] = result.issues;
  const where = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return { values: raw, error: where ? `${where}: ${message}` : message };
}

const numberOr = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback);

function timesOf(value: unknown): [number, number] {
  const [low, high] = Array.isArray(value) ? value : [value, value];
  return [numberOr(low, 1), numberOr(high, 1)];
}

const isPreset = (name: string): name is PresetName => (presetNames as readonly string[]).includes(name);

/** All steps, groups before what is in them. */
export const flat = (steps: readonly StepNode[]): StepNode[] =>
  steps.flatMap((step) => [step, ...flat(step.steps)]);
