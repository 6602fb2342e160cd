import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { writePth } from '../pth/index.js';
import { writeSafetensors } from '../safetensors/index.js';
import type { WeightSets } from './read.js';

export interface WrittenWeights {
  readonly sets: WeightSets;
  /** Texts kept beside the weights: `iter`, `scale`, `network_g` (JSON) ... PyTorch does not see them. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes weights so that the file appears whole or not at all. By extension: `.pth` as BasicSR writes it,
 * `{params, params_ema}` for `torch.load(file, weights_only=True)`; `.safetensors` with the same names as
 * prefixes (`params_ema.conv_first.weight`).
 * @throws EsrganError `WEIGHTS_FORMAT` for another extension
 */
export async function writeWeights(file: string, { sets, metadata = {} }: WrittenWeights): Promise<void> {
  const given = Object.entries(sets).filter(([, set]) => set !== undefined);
  switch (path.extname(file).toLowerCase()) {
    case '.pth':
    case '.pt':
      return writePth(file, Object.fromEntries(given), metadata);
    case '.safetensors': {
      const prefixed = given.flatMap(([key, set]) =>
        [...set].map(([name, tensor]) => [`${key}.${name}`, tensor] as const),
      );
      return writeSafetensors(file, new Map(prefixed), metadata);
    }
    default:
      throw new EsrganError('WEIGHTS_FORMAT', `${file}: weights cannot be written as ${path.extname(file)}`, {
        place: { file },
        remedy: 'Use a name that ends in .pth, .safetensors or, for a generator, .onnx.',
      });
  }
}
