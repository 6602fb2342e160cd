import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { writeFileAtomic } from '../atomic.js';
import { exportOnnx } from '../onnx/export.js';
import { type Architecture, recognise } from './architecture.js';
import { iterationOf, noSuchSet, readWeights, type WeightSets } from './read.js';
import { writeWeights } from './write.js';

export interface ConvertOptions {
  /** The set to take; by default both for `.pth` and `.safetensors`, and `params_ema` (else `params`) for `.onnx`. */
  readonly key?: keyof WeightSets;
}

export interface Converted {
  readonly architecture?: Architecture;
  /** Which sets of weights are in the new file. */
  readonly keys: readonly string[];
  /** What was changed on the way. */
  readonly notes: readonly string[];
}

/**
 * Writes the weights of a file in another format, by its extension: `.pth`, `.safetensors`, or `.onnx` (a generator
 * with its network). The new file appears whole or not at all.
 * @throws EsrganError `WEIGHTS_FORMAT` for another extension, `WEIGHTS_KEY` when the file has no such set,
 * `ONNX_NETWORK` when the weights are of no generator; what readWeights throws
 */
export async function convertWeights(
  input: string,
  output: string,
  { key }: ConvertOptions = {},
): Promise<Converted> {
  if (path.extname(input).toLowerCase() === '.onnx')
    throw new EsrganError('WEIGHTS_FORMAT', `${input}: weights are not taken out of ONNX files`, {
      place: { file: input },
      remedy: 'Convert the .pth or .safetensors file that the model was made of.',
    });
  const { sets, metadata, notes } = await readWeights(input);
  // The name may change; what it told goes along.
  const iter = iterationOf({ file: input, metadata });
  const kept: Record<string, string> = { ...metadata, ...(iter && { iter }) };
  const first = sets.params_ema ?? sets.params!;
  const architecture = recognise(first, metadata.network_g);
  if (key !== undefined && sets[key] === undefined) throw noSuchSet(input, key, sets);
  if (path.extname(output).toLowerCase() === '.onnx') {
    if (!architecture)
      throw new EsrganError('ONNX_NETWORK', `${input}: the network of these weights is not known`, {
        place: { file: input },
        remedy:
          'RRDBNet, SRVGGNetCompact, MSRResNet and SPAN can become ONNX; `esrgan inspect` shows the keys.',
      });
    const network_g = JSON.stringify(architecture.options);
    await writeFileAtomic(
      output,
      exportOnnx(architecture, key ? sets[key]! : first, { metadata: { ...kept, network_g } }),
    );
    return { architecture, keys: [key ?? (sets.params_ema ? 'params_ema' : 'params')], notes };
  }
  const taken = key === undefined ? sets : { [key]: sets[key] };
  await writeWeights(output, { sets: taken, metadata: kept });
  return { architecture, keys: Object.keys(taken), notes };
}
