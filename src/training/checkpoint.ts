import { EsrganError } from '../errors.js';
import { readWeights, type WeightSets, writeWeights } from '../formats/weights/index.js';
import { loadStateDict, type StateDict, type Stateful } from '../networks/index.js';

export type ParamKey = 'params' | 'params_ema';

/**
 * The weights of one network, `net_g_<iter>` or `net_d_<iter>`: a `.safetensors` file whose tensors are those of
 * torch's `state_dict` under the prefixes `params.` and `params_ema.`, or a `.pth` file that holds the dicts
 * `params` and `params_ema`, as BasicSR writes it. Our own also keep texts: `network_g` (JSON of the network's
 * options, so that the network can be made again from the file alone), `iter`, `scale` and `producer`.
 */
export interface Checkpoint {
  readonly file: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The sets of weights in the file; a file that does not tell them apart holds one, taken as `params`. */
  readonly sets: WeightSets;
}

/** Writes a checkpoint, `.safetensors` or `.pth` by its name; the file appears whole or not at all. */
export async function saveCheckpoint({ file, sets, metadata }: Checkpoint): Promise<void> {
  await writeWeights(file, { sets, metadata: { producer: 'esrgan-stream', ...metadata } });
}

/**
 * Reads weights of ours or of any other program of the field.
 * @throws EsrganError what readWeights throws: `WEIGHTS_UNREADABLE`, `WEIGHTS_NONE` ...
 */
export const readCheckpoint = (file: string): Promise<Checkpoint> => readWeights(file);

/** The wanted set of weights, or the other one where the file has no such set. */
export function weights({ sets }: Pick<Checkpoint, 'sets'>, key: ParamKey): StateDict {
  return sets[key] ?? sets.params ?? sets.params_ema ?? new Map();
}

/**
 * Copies weights of a checkpoint into a network.
 * @throws EsrganError when they do not fit, naming the file
 */
export function loadWeights(
  network: Stateful,
  checkpoint: Pick<Checkpoint, 'file' | 'sets'>,
  key: ParamKey,
  strict = true,
): void {
  try {
    loadStateDict(network, weights(checkpoint, key), { strict });
  } catch (cause) {
    if (!(cause instanceof EsrganError)) throw cause;
    const { code, message, remedy } = cause;
    throw new EsrganError(code, message, { place: { file: checkpoint.file }, remedy, cause });
  }
}
