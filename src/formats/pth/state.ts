import { EsrganError } from '../../errors.js';
import { type Fail, formatFailure } from './failure.js';
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
  const { value } = readPth(file);
  if (isState(value)) return toState(value, file);
  throw new EsrganError('PTH_NOT_A_STATE', `${file} is no training state of BasicSR`, {
    place: { file },
    remedy: 'Give a file of experiments/<name>/training_states, e.g. 5000.state.',
  });
}

/** Whether what a pickle held is a training state. */
export const isState = (value: PickleValue): value is Map<PickleValue, PickleValue> =>
  value instanceof Map &&
  ['epoch', 'iter'].every((key) => typeof value.get(key) === 'number') &&
  ['optimizers', 'schedulers'].every((key) => Array.isArray(value.get(key)));

/** @param file its name, for messages */
export const toState = (value: Map<PickleValue, PickleValue>, file: string): TrainingState =>
  plain(value, formatFailure(file)) as unknown as TrainingState;

const DEEPEST = 64;

/**
 * Turns maps into plain objects. What the pickle has once there is once here, so that shared parts neither
 * multiply nor lead around in circles.
 */
function plain(
  value: PickleValue,
  fail: Fail,
  seen = new Map<PickleValue, StateValue>(),
  depth = 0,
): StateValue {
  if (value instanceof PythonGlobal) return `${value}`;
  if (value instanceof Storage) return null;
  if (!(value instanceof Map || value instanceof Set || Array.isArray(value))) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (depth > DEEPEST) return fail(`it is nested more than ${DEEPEST} deep`);
  const inner = (item: PickleValue): StateValue => plain(item, fail, seen, depth + 1);
  if (value instanceof Map) {
    const dict: Record<string, StateValue> = {};
    seen.set(value, dict);
    for (const [key, item] of value)
      Object.defineProperty(dict, keyOf(key, fail), {
        value: inner(item),
        enumerable: true,
        configurable: true,
      });
    return dict;
  }
  const list: StateValue[] = [];
  seen.set(value, list);
  for (const item of value) list.push(inner(item));
  return list;
}

function keyOf(key: PickleValue, fail: Fail): string {
  return typeof key === 'object' && key !== null ? fail('a key in it is no text or number') : String(key);
}
