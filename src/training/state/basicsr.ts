import { EsrganError } from '../../errors.js';
import { readState as readPthState } from '../../formats/pth/index.js';
import type { OptimizerState } from './optimizer.js';
import type { TrainingState } from './types.js';

/**
 * Reads a training state that BasicSR has written. It numbers the parameters instead of naming them, so
 * the names of its moments here are those numbers: see `named`. What BasicSR does not know is the place in our
 * stream; training goes on with the batch that a run of ours would have come to.
 */
export function readBasicsrState(file: string): TrainingState {
  const { iter, epoch, optimizers } = readPthState(file);
  const [g, d] = optimizers.map((optimizer) => adam(file, optimizer));
  if (!g) throw notAdam(file);
  return {
    file,
    progress: {
      iter,
      epoch,
      batches: iter,
      batchSize: 0,
      engine: 'BasicSR',
      losses: [],
      pending: [],
      validation: [],
      best: {},
    },
    optimizers: { g, d },
  };
}

interface Tensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

function adam(file: string, optimizer: unknown): OptimizerState {
  const state = field(optimizer, 'state');
  if (typeof state !== 'object' || state === null) throw notAdam(file);
  const entries = Object.entries(state);
  const dict = (key: string) =>
    new Map(
      entries.map(([position, entry]) => {
        const value = field(entry, key);
        if (!isTensor(value)) throw notAdam(file);
        return [position, { shape: value.shape, data: Float32Array.from(value.data) }] as const;
      }),
    );
  const step = field(entries[0]?.[1], 'step');
  // A number until torch 1.11, a tensor since.
  const steps = isTensor(step) ? step.data[0] : step;
  return {
    steps: typeof steps === 'number' ? steps : 0,
    exp_avg: dict('exp_avg'),
    exp_avg_sq: dict('exp_avg_sq'),
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'shape' in value && 'data' in value;

const notAdam = (file: string): EsrganError =>
  new EsrganError('STATE_UNREADABLE', `${file} is not the state of an Adam optimizer`, {
    place: { file },
    remedy: 'Start from its weights instead: path.pretrain_network_g, without path.resume_state.',
  });

/** A state of BasicSR by the names of a network's parameters, which stand in torch's order. */
export function named(state: OptimizerState, names: readonly string[]): OptimizerState {
  if (!state.exp_avg.has('0')) return state;
  const rename = (dict: OptimizerState['exp_avg']) =>
    new Map([...dict].map(([position, entry]) => [names[Number(position)] ?? position, entry] as const));
  return { ...state, exp_avg: rename(state.exp_avg), exp_avg_sq: rename(state.exp_avg_sq) };
}
