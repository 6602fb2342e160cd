import { type Fail, formatFailure } from './failure.js';
import { readLegacy } from './legacy.js';
import { unpickle } from './pickle/unpickle.js';
import type { PickleValue } from './pickle/values.js';
import { bytesSource, type Source, withFile } from './source.js';
import { Storages } from './storages.js';
import { torchWorld } from './world.js';
import { openZip, type Zip } from './zip.js';

/** A file of `torch.save`. */
export interface Pth {
  readonly format: 'zip' | 'legacy';
  readonly value: PickleValue;
  /** Texts that we put beside the pickle, where PyTorch does not look; empty in files of others. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The record of a zip file with our own metadata. */
export const METADATA_RECORD = 'esrgan-stream.json';

/**
 * Reads what `torch.save` wrote, in today's zip format or that of torch before 1.6. Tensors of floats become
 * float32 whatever their strides. Nothing of the file is executed: its pickle may name a fixed list of torch's
 * and Python's containers and nothing else.
 *
 * The call blocks until the file is read (64 MB: some tens of milliseconds).
 * @throws EsrganError `PTH_FORMAT` when it is damaged or another kind of file, `PTH_REFUSED` when its pickle asks
 * for anything that is not on the list; what `fs` throws
 */
export const readPth = (file: string): Pth => withFile(file, (source) => decode(source, file));

/** The same from memory; `file` is its name for messages. */
export const decodePth = (bytes: Uint8Array, file = 'the buffer'): Pth => decode(bytesSource(bytes), file);

function decode(source: Source, file: string): Pth {
  const fail = formatFailure(file);
  const [a, b] = source.read(0, 2);
  if (a === 0x50 && b === 0x4b) return readZip(source, file, fail);
  if (a === 0x80) return { format: 'legacy', value: readLegacy(source, file, fail), metadata: {} };
  return fail('it begins neither as a zip archive nor as a pickle');
}

function readZip(source: Source, file: string, fail: Fail): Pth {
  const zip = openZip(source, fail);
  const name = zip.names.find((candidate) => /(^|\/)data\.pkl$/.test(candidate));
  if (name === undefined) return fail('there is no data.pkl in it');
  const folder = name.slice(0, -'data.pkl'.length);
  if (zip.names.includes(`${folder}constants.pkl`))
    return fail('it is a TorchScript program; save its state_dict() instead');
  const order = textOf(zip, `${folder}byteorder`);
  if (order !== undefined && order !== 'little') fail(`its numbers are ${order}-endian`);
  const bytes = (key: string) => zip.read(`${folder}data/${key}`) ?? fail(`the values ${key} are missing`);
  const storages = new Storages(source.size, (storage) => bytes(storage.key), fail);
  const { value } = unpickle(
    zip.read(name)!,
    torchWorld(file, (args) => storages.tensor(args)),
  );
  return { format: 'zip', value, metadata: metadataOf(textOf(zip, folder + METADATA_RECORD), fail) };
}

function textOf(zip: Zip, name: string): string | undefined {
  const bytes = zip.read(name);
  return bytes && Buffer.from(bytes).toString('utf8');
}

function metadataOf(json: string | undefined, fail: Fail): Record<string, string> {
  if (json === undefined) return {};
  try {
    const value: unknown = JSON.parse(json);
    const entries = Object.entries(value ?? {});
    if (entries.every(([, text]) => typeof text === 'string')) return Object.fromEntries(entries);
  } catch {
    // Told of below, like JSON of another shape.
  }
  return fail('its metadata cannot be read');
}
