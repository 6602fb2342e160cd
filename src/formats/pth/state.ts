import { EsrganError } from '../../errors.js';
import {
  type PickleValue,
  PythonGlobal,
  Storage,
  type TorchTensor,
  UnpickledTensor,
} from './pickle/values.js';
import { readPth } from './read.js';

/** A value of a training state: dicts have become objects (whose keys are texts, also where they were numbers). */
export type StateValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | readonly StateValue[]
  | { readonly [key: string]: StateValue };

/** What BasicSR's `save_training_state` writes: `<iter>.state`. */
export interface TrainingState {
  readonly epoch: number;
  readonly iter: number;
  /**
   * `state_dict()` of each optimizer: `state` by the parameters' positions (`step`, `exp_avg`, `exp_avg_sq`) and
   * `param_groups`. With a discriminator: that of the generator first.
   */
  readonly optimizers: readonly StateValue[];
  /** `state_dict()` of each learning rate schedule, in the same order. */
  readonly schedulers: readonly StateValue[];
}

/** Whether a value of a state is a tensor, not a dict. */
export const isTensor = (value: StateValue | undefined): value is TorchTensor =>
  value instanceof UnpickledTensor;

/**
 * Reads a training state of BasicSR, of any torch since 1.0.
 * @throws EsrganError what readPth throws; `PTH_NOT_A_STATE` when it is another file of torch
 */
export function readState(file: string): TrainingState {
  const value = plain(readPth(file).value);
  if (isState(value)) return value;
  throw new EsrganError('PTH_NOT_A_STATE', `${file} is no training state of BasicSR`, {
    place: { file },
    remedy: 'Give a file of experiments/<name>/training_states, e.g. 5000.state.',
  });
}

/** Whether what a pickle held is a training state. */
export const isState = (value: unknown): value is TrainingState => {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, iter, optimizers, schedulers } = value as Partial<Record<string, unknown>>;
  return (
    typeof epoch === 'number' &&
    typeof iter === 'number' &&
    Array.isArray(optimizers) &&
    Array.isArray(schedulers)
  );
};

/** Turns maps into plain objects. */
export function plain(value: PickleValue): StateValue {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)] as const));
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return [...value].map(plain);
  if (value instanceof PythonGlobal) return `${value}`;
  return value instanceof Storage ? null : value;
}
