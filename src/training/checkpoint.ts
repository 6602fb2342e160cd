import type * as tf from '@tensorflow/tfjs-core';
import { EsrganError } from '../errors.js';
import { readSafetensors, writeSafetensors } from '../formats/safetensors/index.js';
import {
  createNetwork,
  loadStateDict,
  type Network,
  NetworkOptions,
  type StateDict,
  stateDict,
} from '../networks/index.js';

export type ParamKey = 'params' | 'params_ema';

/**
 * A checkpoint is one safetensors file, `net_g_<iter>.safetensors`. Its tensors are those of torch's
 * `state_dict` under the prefixes `params.` and `params_ema.`, the two sets of weights that BasicSR keeps in
 * its `.pth` files. Its metadata are texts: `network_g` (JSON of the network's options, so that the network
 * can be made again from the file alone), `iter`, `scale` and `producer`.
 */
export interface Generator {
  readonly network: Network;
  readonly network_g: NetworkOptions;
  readonly ema: ReadonlyMap<string, tf.Tensor>;
  readonly iter: number;
}

/** Writes a checkpoint; the file appears whole or not at all. */
export async function saveGenerator(
  file: string,
  { network, network_g, ema, iter }: Generator,
): Promise<void> {
  const params = await stateDict(network);
  const params_ema = await stateDict(network, ema);
  const tensors = new Map([...prefixed('params', params), ...prefixed('params_ema', params_ema)]);
  await writeSafetensors(file, tensors, {
    producer: 'esrgan-stream',
    network_g: JSON.stringify(network_g),
    scale: `${network.scale}`,
    iter: `${iter}`,
  });
}

function* prefixed(key: ParamKey, dict: StateDict) {
  for (const [name, entry] of dict) yield [`${key}.${name}`, entry] as const;
}

export interface Checkpoint {
  readonly file: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The sets of weights in the file; a file without our prefixes holds one set, taken as `params`. */
  readonly sets: Partial<Record<ParamKey, StateDict>>;
}

/**
 * Reads a checkpoint of ours, or any safetensors file with torch's names for the weights.
 * @throws EsrganError `CHECKPOINT_UNREADABLE` when there is no such file; what readSafetensors throws
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(file).catch((cause) => {
    throw cause instanceof EsrganError ? cause : unreadable(file, cause);
  });
  const sets = { params: withPrefix('params.', tensors), params_ema: withPrefix('params_ema.', tensors) };
  const found = Object.entries(sets).filter(([, dict]) => dict.size > 0);
  return { file, metadata, sets: found.length > 0 ? Object.fromEntries(found) : { params: tensors } };
}

function withPrefix(prefix: string, tensors: StateDict): StateDict {
  return new Map(
    [...tensors].flatMap(([name, entry]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), entry]] : [],
    ),
  );
}

/** The wanted set of weights, or the other one where the file has no such set. */
export function weights({ sets }: Checkpoint, key: ParamKey): StateDict {
  return sets[key] ?? sets.params ?? sets.params_ema ?? new Map();
}

/**
 * Copies weights of a checkpoint into a network.
 * @throws EsrganError when they do not fit, naming the file
 */
export function loadWeights(network: Network, checkpoint: Checkpoint, key: ParamKey, strict = true): void {
  try {
    loadStateDict(network, weights(checkpoint, key), { strict });
  } catch (cause) {
    if (!(cause instanceof EsrganError)) throw cause;
    const { code, message, remedy } = cause;
    throw new EsrganError(code, message, { place: { file: checkpoint.file }, remedy, cause });
  }
}

/**
 * Makes the network of a checkpoint again, on the current engine.
 * @throws EsrganError `CHECKPOINT_INVALID` when the file does not say which network it belongs to
 */
export async function loadGenerator(file: string, key: ParamKey = 'params_ema'): Promise<Network> {
  const checkpoint = await readCheckpoint(file);
  const network = createNetwork(networkOf(checkpoint), '0');
  try {
    loadWeights(network, checkpoint, key);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

function networkOf({ file, metadata }: Checkpoint): NetworkOptions {
  const parsed = NetworkOptions.safeParse(parseJson(metadata.network_g));
  if (parsed.success) return parsed.data;
  throw new EsrganError('CHECKPOINT_INVALID', `${file} does not say which network its weights belong to`, {
    place: { file },
    remedy:
      'Use a checkpoint that training wrote; other weights can be the start of a training run (path.pretrain_network_g).',
  });
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function unreadable(file: string, cause: unknown): EsrganError {
  return new EsrganError('CHECKPOINT_UNREADABLE', `${file} cannot be read: ${String(cause)}`, {
    place: { file },
    remedy: 'Check the path; it is relative to the working folder.',
    cause,
  });
}
