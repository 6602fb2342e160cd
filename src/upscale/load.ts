import path from 'node:path';
import type { EngineName } from '../engines/names.js';
import { EsrganError } from '../errors.js';
import { noSuchSet, readWeights, recognise, type Weights } from '../formats/weights/index.js';
import { NetworkOptions } from '../networks/options.js';
import { type Enlarger, toBytes, toUnit } from './enlarger.js';
import { onnxEnlarger } from './onnx.js';

export interface LoadOptions {
  /** Which weights of the file to take, where there are two sets. Default `params_ema`, where there is one. */
  readonly key?: 'params' | 'params_ema';
  /** What computes. Default `auto`; an .onnx file is run by ONNX Runtime, whatever is asked for. */
  readonly engine?: EngineName;
}

/**
 * Makes the network of a file of weights (`.pth`, `.safetensors`), recognised by its keys, on an engine; or takes
 * an `.onnx` model as it is.
 * @throws EsrganError `MODEL_UNKNOWN` when the weights are not those of a generator we know; `WEIGHTS_KEY` when there are none by that key; what readWeights and
 * useEngine throw
 */
export async function loadEnlarger(file: string, options: LoadOptions = {}): Promise<Enlarger> {
  if (path.extname(file).toLowerCase() === '.onnx') return onnxEnlarger(file);
  const { key, engine = 'auto' } = options;
  const weights = await readWeights(file);
  const { sets } = weights;
  const set = key ? sets[key] : (sets.params_ema ?? sets.params);
  if (!set) throw noSuchSet(file, key!, sets);
  const networkOptions = optionsOf(weights, set);
  // Loaded only now: the networks and what computes them are much code.
  const [{ useEngine }, { createNetwork, loadStateDict }, tf] = await Promise.all([
    import('../engines/index.js'),
    import('../networks/index.js'),
    import('@tensorflow/tfjs-core'),
  ]);
  await useEngine(engine);
  const network = createNetwork(networkOptions, '0');
  try {
    loadStateDict(network, set);
  } catch (cause) {
    network.dispose();
    if (!(cause instanceof EsrganError)) throw cause;
    throw new EsrganError(cause.code, `${file}: ${cause.message}`, { ...cause, place: { file }, cause });
  }
  return {
    name: network.type,
    scale: network.scale,
    multiple: networkOptions.type === 'RRDBNet' ? 4 / networkOptions.scale : 1,
    async run(rgb, width, height) {
      const sr = tf.tidy(() => network.forward(tf.tensor4d(toUnit(rgb), [1, height, width, 3])));
      try {
        return toBytes(await sr.data<'float32'>());
      } finally {
        sr.dispose();
      }
    },
    dispose: () => network.dispose(),
  };
}

function optionsOf({ file, metadata }: Weights, set: Parameters<typeof recognise>[0]): NetworkOptions {
  const found = recognise(set, metadata.network_g);
  const parsed = NetworkOptions.safeParse(found?.options);
  if (parsed.success && parsed.data.num_in_ch === 3) return parsed.data;
  const what = found ? `${found.type} (${found.role})` : 'an unknown network';
  throw new EsrganError(
    'MODEL_UNKNOWN',
    `${file} holds the weights of ${what}, which cannot enlarge pictures`,
    {
      place: { file },
      remedy:
        'Give a generator of RGB pictures: RRDBNet, SRVGGNetCompact, MSRResNet or SPAN. `esrgan inspect` shows the keys.',
    },
  );
}
