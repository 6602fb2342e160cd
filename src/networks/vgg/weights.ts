import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { readWeights } from '../../formats/weights/index.js';
import type { StateDict } from '../types.js';
import type { VggType } from './layers.js';

/** The files under the names that torchvision downloads them as. */
const published: Record<VggType, string> = {
  vgg16: 'vgg16-397923af.pth',
  vgg19: 'vgg19-dcbb9e9d.pth',
};

/** Where torch keeps what torchvision has downloaded: TORCH_HOME, else XDG_CACHE_HOME/torch, else ~/.cache/torch. */
export function vggCacheFile(type: VggType, env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const home = env.TORCH_HOME || path.join(cache, 'torch');
  return path.join(home, 'hub', 'checkpoints', published[type]);
}

/**
 * torchvision's weights of a VGG network, out of a local file: nothing is downloaded.
 * @param file .pth or .safetensors; without it, the file in torch's own cache
 * @throws EsrganError `VGG_WEIGHTS_MISSING`, which says which file, where it usually is, and how to do without;
 * what the reader of the format throws
 */
export async function readVggWeights(type: VggType, file: string = vggCacheFile(type)): Promise<StateDict> {
  if (!existsSync(file))
    throw new EsrganError(
      'VGG_WEIGHTS_MISSING',
      `The perceptual loss needs torchvision's weights of ${type} (${published[type]}), but there is no ${file}.`,
      {
        place: { file },
        remedy: `Set perceptual_opt.vgg_weights to that file; torchvision keeps it in ${vggCacheFile(type)} once it has used it. To train without it, remove perceptual_opt from the options.`,
      },
    );
  const { sets } = await readWeights(file);
  return sets.params ?? new Map();
}
