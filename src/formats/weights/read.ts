import { open } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { type PickleValue, readPth } from '../pth/index.js';
import { UnpickledTensor } from '../pth/pickle/values.js';
import { isState } from '../pth/state.js';
import { type FloatTensor, readSafetensors } from '../safetensors/index.js';
import { modernKeys } from './old-keys.js';

/** Weights by torch's names in torch's layouts, as float32. */
export type WeightSet = ReadonlyMap<string, FloatTensor>;

export interface WeightSets {
  readonly params?: WeightSet;
  readonly params_ema?: WeightSet;
}

/** A file of weights, whatever its format. */
export interface Weights {
  readonly file: string;
  readonly format: 'pth' | 'pth (before torch 1.6)' | 'safetensors';
  /** A file that does not tell its sets apart holds one set, taken as `params`. */
  readonly sets: WeightSets;
  /** `iter`, `scale`, `network_g` ... where the file was written by this program. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What was changed to make the keys those of today's networks. */
  readonly notes: readonly string[];
}

/**
 * Reads a file of weights, recognised by its content: `.pth` (torch's zip format and the one before) or
 * `.safetensors`. Values of every type become float32. The prefix `module.` of DataParallel is taken off, and
 * the keys of the first ESRGAN (`model.1.sub.0.RDB1.conv1.0.weight`) become those of RRDBNet.
 *
 * @throws EsrganError `WEIGHTS_UNREADABLE` when there is no such file; `WEIGHTS_UNKNOWN` when it is another kind of
 * file; `WEIGHTS_NONE` when it holds no weights;
 * what readPth and readSafetensors throw
 */
export async function readWeights(file: string): Promise<Weights> {
  const found = (await isPthFile(file)) ? fromPth(file) : await fromSafetensors(file);
  const notes = new Set<string>();
  const sets = Object.fromEntries(
    Object.entries(found.sets).map(([key, set]) => [key, modernKeys(set, (note) => notes.add(note))]),
  );
  return { ...found, file, sets, notes: [...notes] };
}

/** Iterations of training, where the file or its name (`net_g_5000.pth`) tells. */
export const iterationOf = ({ file, metadata }: Pick<Weights, 'file' | 'metadata'>): string | undefined =>
  metadata.iter ?? /^net_\w+?_(\d+)\.\w+$/.exec(path.basename(file))?.[1];

/**
 * Whether a file begins as torch's do (a zip archive, a pickle), not as safetensors (a length and a JSON object;
 * a length of 640 looks like a pickle).
 */
export async function isPthFile(file: string): Promise<boolean> {
  const head = await firstBytes(file);
  const [a, b] = head;
  if (head[8] === 0x7b) return false;
  if ((a === 0x50 && b === 0x4b) || (a === 0x80 && b! < 6)) return true;
  throw new EsrganError('WEIGHTS_UNKNOWN', `${file} is neither a file of torch nor of safetensors`, {
    place: { file },
    remedy: 'Give a .pth or .safetensors file; it may be damaged, or a web page saved in its place.',
  });
}

type Found = Pick<Weights, 'format' | 'metadata' | 'sets'>;

async function fromSafetensors(file: string): Promise<Found> {
  const { tensors, metadata } = await readSafetensors(file);
  const sets = { params: withPrefix('params.', tensors), params_ema: withPrefix('params_ema.', tensors) };
  const found = Object.entries(sets).filter(([, set]) => set.size > 0);
  const whole = found.length > 0 ? Object.fromEntries(found) : { params: tensors };
  return { format: 'safetensors', metadata, sets: whole };
}

function withPrefix(prefix: string, tensors: WeightSet): WeightSet {
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}

/** Under which key of a `.pth` file a set may stand; the first one that is there is taken. */
const places = {
  params: ['params', 'state_dict', 'model_state_dict', 'model', 'net'],
  params_ema: ['params_ema', 'params-ema'],
} as const;

function fromPth(file: string): Found {
  const { format, value, metadata } = readPth(file);
  const read = { format: format === 'zip' ? 'pth' : 'pth (before torch 1.6)', metadata } as const;
  if (!(value instanceof Map)) throw none(file, value);
  const sets = Object.entries(places).flatMap(([key, names]) => {
    const dict = names.map((name) => value.get(name)).find((candidate) => candidate instanceof Map);
    return dict ? [[key, weightsOf(dict)] as const] : [];
  });
  const found = sets.filter(([, set]) => set.size > 0);
  if (found.length > 0) return { ...read, sets: Object.fromEntries(found) };
  const params = weightsOf(value);
  if (params.size === 0) throw none(file, value);
  return { ...read, sets: { params } };
}

/** The tensors of a state dict; what else stands there (numbers, texts) is no weight. */
function weightsOf(dict: ReadonlyMap<PickleValue, PickleValue>): WeightSet {
  const set = new Map<string, FloatTensor>();
  for (const [key, value] of dict) {
    if (typeof key !== 'string' || !(value instanceof UnpickledTensor)) continue;
    const data = value.data instanceof Float32Array ? value.data : Float32Array.from(value.data);
    set.set(key, { shape: value.shape, data });
  }
  return set;
}

function none(file: string, value: PickleValue): EsrganError {
  const state = isState(value);
  return new EsrganError(
    'WEIGHTS_NONE',
    `${file} holds no weights${state ? ', it is a training state' : ''}`,
    {
      place: { file },
      remedy: state
        ? 'The weights stand beside it, in experiments/<name>/models/net_g_<iter>.pth.'
        : 'Save them with torch.save(net.state_dict(), file) or as {"params": net.state_dict()}.',
    },
  );
}

async function firstBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(9), 0, 9, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** What to say of a file without the set of weights that was asked for. */
export function noSuchSet(file: string, key: string, sets: WeightSets): EsrganError {
  return new EsrganError('WEIGHTS_KEY', `${file} holds no ${key}, only ${Object.keys(sets).join(', ')}`, {
    place: { file },
    remedy: 'Leave --key out to take what there is.',
  });
}

/** What to say of a file that the system does not give. */
export function unreadable(file: string, cause: unknown): EsrganError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read (EACCES)',
  };
  const reason = reasons[String(code)] ?? String(cause);
  return new EsrganError('WEIGHTS_UNREADABLE', `${file} cannot be read: ${reason}`, {
    place: { file },
    remedy: `Check the path; it is relative to the working folder, ${path.resolve('.')}.`,
    cause,
  });
}
