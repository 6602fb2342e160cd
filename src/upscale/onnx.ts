import path from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EsrganError } from '../errors.js';
import { type Enlarger, planesToBytes, toUnit } from './enlarger.js';

/**
 * Edges of small windows by which a model shows its scale, and of what its input's edges must be multiples:
 * RRDBNet of scale 2 and 1 folds 2 x 2 and 4 x 4 pixels.
 */
const probes = [
  { edge: 17, multiple: 1 },
  { edge: 18, multiple: 2 },
  { edge: 20, multiple: 4 },
] as const;

/**
 * A generator of an `.onnx` file: one input, float32 [n, 3, h, w] in 0..1 of any height and width, and one output
 * that is a whole number of times larger.
 * @throws EsrganError `MODEL_UNKNOWN` when the file cannot be loaded or is of another kind
 */
export async function onnxEnlarger(file: string): Promise<Enlarger> {
  // Loaded only now, as it is native code that takes its time.
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 }).catch((cause: unknown) => {
    throw unusable(
      file,
      `cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  const run = async (rgb: Uint8Array, width: number, height: number): Promise<Tensor> => {
    const feed = { [input!]: new ort.Tensor('float32', planes(toUnit(rgb)), [1, 3, height, width]) };
    const results = await session.run(feed);
    return results[output!] as Tensor;
  };
  for (const { edge, multiple } of probes) {
    const probed = await run(new Uint8Array(3 * edge * edge), edge, edge).catch(() => undefined);
    if (probed) return { ...enlargerOf(file, session, run, probed, edge), multiple };
  }
  throw unusable(file, 'does not take RGB pictures of any size, float32 [n, 3, height, width]');
}

function enlargerOf(
  file: string,
  session: InferenceSession,
  run: (rgb: Uint8Array, width: number, height: number) => Promise<Tensor>,
  probed: Tensor,
  edge: number,
): Omit<Enlarger, 'multiple'> {
  const [, channels, high, wide] = probed.dims;
  const scale = (wide ?? 0) / edge;
  if (channels !== 3 || high !== wide || !Number.isInteger(scale) || scale < 1)
    throw unusable(file, `makes [${probed.dims}] of [1,3,${edge},${edge}]`);
  return {
    name: path.basename(file),
    scale,
    async run(rgb, width, height) {
      const { data } = await run(rgb, width, height);
      return planesToBytes(data as Float32Array);
    },
    dispose: () => session.release(),
  };
}

/** RGB RGB ... as R R ... G G ... B B ... */
function planes(values: Float32Array): Float32Array {
  const plane = values.length / 3;
  const out = new Float32Array(values.length);
  for (let i = 0, at = 0; i < plane; i++) for (let c = 0; c < 3; c++) out[c * plane + i] = values[at++]!;
  return out;
}

function unusable(file: string, what: string, cause?: unknown): EsrganError {
  return new EsrganError('MODEL_UNKNOWN', `${file} ${what}`, {
    place: { file },
    remedy: 'Give a generator with dynamic height and width, e.g. one that `esrgan convert` wrote.',
    cause,
  });
}
