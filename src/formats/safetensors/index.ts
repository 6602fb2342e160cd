import { readFile } from 'node:fs/promises';
import { EsrganError } from '../../errors.js';
import { writeFileAtomic } from '../atomic.js';
import { toFloat32 } from './dtypes.js';
import { parseHeader } from './header.js';

/** A row-major float32 array. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the bytes of a safetensors file. F32, F64, F16 and BF16 become float32.
 * @param file its name, for messages
 * @throws EsrganError `SAFETENSORS_FORMAT` when it is truncated, inconsistent, or another kind of file;
 * `SAFETENSORS_DTYPE` when a tensor is not floating point
 */
export function decodeSafetensors(bytes: Uint8Array, file = 'the buffer'): Safetensors {
  const { tensors, metadata, data } = parseHeader(bytes, file);
  const floats = new Map<string, FloatTensor>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    const values = toFloat32(dtype, bytes.subarray(data + begin, data + end));
    if (!values)
      throw new EsrganError(
        'SAFETENSORS_DTYPE',
        `${file}: ${name} has type ${dtype}, which weights do not have.`,
        {
          place: { file },
          remedy: 'Convert it to F32, F16 or BF16, or leave it out.',
        },
      );
    floats.set(name, { shape, data: values });
  }
  return { tensors: floats, metadata };
}

/** Reads a safetensors file, see decodeSafetensors. */
export async function readSafetensors(file: string): Promise<Safetensors> {
  return decodeSafetensors(await readFile(file), file);
}

/** The bytes of a safetensors file that holds these tensors as F32, in the order given. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const given = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const json = new TextEncoder().encode(JSON.stringify({ ...given, ...Object.fromEntries(entries) }));
  // Spaces at the end of the header align the data, so that it can be mapped into memory.
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length).set(json, 8);
  let place = 8 + length;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return bytes;
}

/** Writes a safetensors file so that it appears whole or not at all, see encodeSafetensors. */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(file, encodeSafetensors(tensors, metadata));
}
