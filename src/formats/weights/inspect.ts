import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type OnnxSummary, summariseOnnx } from '../onnx/read.js';
import { readPth } from '../pth/index.js';
import { isState, isTensor, type StateValue, type TrainingState, toState } from '../pth/state.js';
import { type Architecture, recognise } from './architecture.js';
import { isPthFile, iterationOf, readWeights, unreadable, type Weights } from './read.js';

export interface InspectedWeights {
  readonly kind: 'weights';
  readonly file: string;
  readonly bytes: number;
  readonly format: Weights['format'];
  readonly architecture?: Architecture;
  /** Iterations of training, where the file or its name tells. */
  readonly iter?: number;
  readonly sets: Readonly<
    Record<
      string,
      { readonly parameters: number; readonly keys: Readonly<Record<string, readonly number[]>> }
    >
  >;
  readonly metadata: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export interface InspectedState {
  readonly kind: 'training state';
  readonly file: string;
  readonly bytes: number;
  readonly epoch: number;
  readonly iter: number;
  /** Per optimizer: parameters that it has moments of, numbers in all, steps taken, learning rates. */
  readonly optimizers: readonly {
    readonly tensors: number;
    readonly parameters: number;
    readonly step?: number;
    readonly lr: readonly number[];
  }[];
}

export interface InspectedModel extends OnnxSummary {
  readonly kind: 'model';
  readonly file: string;
  readonly bytes: number;
  /** Numbers in all weights together. */
  readonly parameters: number;
}

/**
 * What a file of weights, an ONNX model or a training state of BasicSR holds.
 * @throws EsrganError what readWeights throws; `ONNX_FORMAT`
 */
export async function inspectFile(file: string): Promise<InspectedWeights | InspectedState | InspectedModel> {
  if (path.extname(file).toLowerCase() === '.onnx') return inspectModel(file);
  if (await isPthFile(file)) {
    const { value } = readPth(file);
    if (isState(value)) return inspectState(file, (await stat(file)).size, toState(value, file));
  }
  const { format, sets, metadata, notes } = await readWeights(file);
  const architecture = recognise(sets.params_ema ?? sets.params!, metadata.network_g);
  const iter = iterationOf({ file, metadata });
  const described = Object.entries(sets).map(([name, set]) => {
    const keys = [...set].map(([key, { shape }]) => [key, shape] as const);
    const parameters = [...set.values()].reduce((sum, { data }) => sum + data.length, 0);
    return [name, { parameters, keys: Object.fromEntries(keys) }] as const;
  });
  return {
    kind: 'weights',
    file,
    bytes: (await stat(file)).size,
    format,
    ...(architecture && { architecture }),
    ...(iter !== undefined && { iter: Number(iter) }),
    sets: Object.fromEntries(described),
    metadata,
    notes,
  };
}

async function inspectModel(file: string): Promise<InspectedModel> {
  const { size: bytes } = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const summary = await summariseOnnx(file);
  const parameters = Object.values(summary.weights).reduce((sum, shape) => sum + sizeOfShape(shape), 0);
  return { kind: 'model', file, bytes, parameters, ...summary };
}

const sizeOfShape = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function inspectState(file: string, bytes: number, state: TrainingState): InspectedState {
  const { epoch, iter, optimizers } = state;
  return { kind: 'training state', file, bytes, epoch, iter, optimizers: optimizers.map(inspectOptimizer) };
}

function inspectOptimizer(optimizer: StateValue): InspectedState['optimizers'][number] {
  const moments = Object.values(dict(dict(optimizer).state)).map(dict);
  const groups = dict(optimizer).param_groups;
  const step = moments[0]?.step;
  const steps = isTensor(step) ? step.data[0] : step;
  return {
    tensors: moments.length,
    parameters: moments.reduce((sum, { exp_avg }) => sum + (isTensor(exp_avg) ? exp_avg.data.length : 0), 0),
    ...(typeof steps === 'number' && { step: steps }),
    lr: Array.isArray(groups) ? groups.map((group: StateValue) => Number(dict(group).lr)) : [],
  };
}

const dict = (value: StateValue | undefined): Readonly<Record<string, StateValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isTensor(value)
    ? (value as Readonly<Record<string, StateValue>>)
    : {};
