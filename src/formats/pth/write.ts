import path from 'node:path';
import { crc32 } from 'node:zlib';
import { writeFileAtomic } from '../atomic.js';
import { pickle, type Writable } from './pickle/pickle.js';
import { METADATA_RECORD } from './read.js';
import { zipPieces } from './zip-write.js';

export type { Writable } from './pickle/pickle.js';

/**
 * Writes a file that `torch.load(file, weights_only=True)` reads (torch 1.6 and later): objects and maps become
 * dicts, arrays lists, `{shape, data}` float32 tensors. It appears whole or not at all.
 * @param metadata is kept in a record of its own, which PyTorch passes over
 */
export async function writePth(
  file: string,
  value: Writable,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(file, pieces(value, path.parse(file).name, metadata));
}

/** The bytes of such a file; `name` is that of the folder within it, by custom that of the file. */
export const encodePth = (value: Writable, name = 'archive'): Uint8Array =>
  Buffer.concat([...pieces(value, name, {})]);

function pieces(
  value: Writable,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Iterable<Uint8Array> {
  const { bytes, storages } = pickle(value);
  const records: [string, Uint8Array][] = [
    ['data.pkl', bytes],
    ['byteorder', Buffer.from('little')],
    ...storages.map((data, i): [string, Uint8Array] => [`data/${i}`, data]),
    ['version', Buffer.from('3\n')],
  ];
  if (Object.keys(metadata).length > 0)
    records.push([METADATA_RECORD, Buffer.from(JSON.stringify(metadata))]);
  return zipPieces(records.map(([record, data]) => ({ name: `${name}/${record}`, data, crc: crc32(data) })));
}
