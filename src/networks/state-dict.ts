import * as tf from '@tensorflow/tfjs-core';
import { EsrganError } from '../errors.js';
import type { StateDict, StateDictEntry, Stateful } from './types.js';

// [kh, kw, in, out] <-> [out, in, kh, kw]
const toTorchAxes = [3, 2, 0, 1];
const toTfAxes = [2, 3, 1, 0];

const torchShape = (shape: readonly number[]): readonly number[] =>
  shape.length === 4 ? toTorchAxes.map((axis) => shape[axis]!) : shape;

async function exported(value: tf.Tensor): Promise<StateDictEntry> {
  const torch = value.rank === 4 ? tf.transpose(value, toTorchAxes) : tf.clone(value);
  const data = (await torch.data<'float32'>()) as Float32Array;
  const shape = [...torch.shape];
  torch.dispose();
  return { shape, data };
}

const moduleOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

/** Parameters and buffers in torch's order: module by module, each one's parameters before its buffers. */
function variables({ parameters, buffers = new Map() }: Stateful): ReadonlyMap<string, tf.Variable> {
  const modules = new Map<string, [string, tf.Variable][]>();
  for (const entry of [...parameters, ...buffers]) {
    const name = moduleOf(entry[0]);
    modules.set(name, [...(modules.get(name) ?? []), entry]);
  }
  return new Map([...modules.values()].flat());
}

/**
 * A network's weights and buffers by torch's names and in torch's layouts.
 * @param values the tensors to write in place of the network's own, by the same names (EMA weights)
 */
export async function stateDict(
  network: Stateful,
  values: ReadonlyMap<string, tf.Tensor> = network.parameters,
): Promise<StateDict> {
  const dict = new Map<string, StateDictEntry>();
  for (const [name, variable] of variables(network))
    dict.set(name, await exported(values.get(name) ?? variable));
  return dict;
}

const listed = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');

const fits = ({ shape }: tf.Tensor, entry: StateDictEntry | undefined): boolean =>
  entry !== undefined && entry.shape.join() === torchShape(shape).join();

function mismatches(expected: ReadonlyMap<string, tf.Tensor>, dict: StateDict, strict: boolean): string[] {
  if (!strict)
    return [...expected].some(([name, tensor]) => fits(tensor, dict.get(name))) ? [] : ['none of them does'];
  const missing = [...expected.keys()].filter((name) => !dict.has(name));
  const unexpected = [...dict.keys()].filter((name) => !expected.has(name));
  const misshaped = [...expected].flatMap(([name, tensor]) => {
    const found = dict.get(name);
    if (!found || fits(tensor, found)) return [];
    return [`${name} [${found.shape}] instead of [${torchShape(tensor.shape)}]`];
  });
  return [
    ...(missing.length > 0 ? [`missing: ${listed(missing)}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${listed(unexpected)}`] : []),
    ...(misshaped.length > 0 ? [`of another shape: ${listed(misshaped)}`] : []),
  ];
}

/**
 * Copies weights and buffers (torch's names and layouts) into a network; nothing is changed when something does not fit.
 * With `strict: false`, names that are missing, unexpected or of another shape are passed over, as BasicSR does.
 * @throws EsrganError `NETWORK_WEIGHTS`, naming the missing, unexpected and misshaped keys, and those that are not finite
 */
export function loadStateDict(
  network: Stateful,
  dict: StateDict,
  { strict = true }: { readonly strict?: boolean } = {},
): void {
  const expected = variables(network);
  const problems = mismatches(expected, dict, strict);
  if (problems.length > 0)
    throw new EsrganError(
      'NETWORK_WEIGHTS',
      `These weights do not fit ${network.type}: ${problems.join('; ')}.`,
      {
        remedy: strict
          ? 'Give the network the options the weights were trained with; or take what fits with path.strict_load_g: false (strict_load_d).'
          : 'Give the network the options the weights were trained with.',
      },
    );
  const useless = [...dict].filter(([, { data }]) => !data.every(Number.isFinite)).map(([name]) => name);
  if (useless.length > 0)
    throw new EsrganError('NETWORK_WEIGHTS', `These weights are not finite numbers: ${listed(useless)}.`, {
      remedy: 'Take weights that were saved earlier; these come from a training that had gone wrong.',
    });
  for (const [name, variable] of expected) {
    const entry = dict.get(name);
    if (!entry || !fits(variable, entry)) continue;
    tf.tidy(() => {
      const torch = tf.tensor(entry.data, [...entry.shape], 'float32');
      variable.assign(torch.rank === 4 ? tf.transpose(torch, toTfAxes) : torch);
    });
  }
}
