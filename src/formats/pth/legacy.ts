import { dtypes } from './dtypes.js';
import type { Fail } from './failure.js';
import { type PicklePlace, unpickle } from './pickle/unpickle.js';
import { type PickleValue, type Storage, UnpickledTensor } from './pickle/values.js';
import type { Source } from './source.js';
import { Storages } from './storages.js';
import { torchWorld } from './world.js';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * The format of `torch.save` before 1.6: pickles of a magic number, a version, the machine's habits, the object
 * and the keys of its storages, then the storages, each after its number of values.
 */
export function readLegacy(source: Source, file: string, fail: Fail): PickleValue {
  const bytes = source.read(0, source.size);
  let at = 0;
  const next = (world: ReturnType<typeof torchWorld>): PickleValue => {
    const { value, length } = unpickle(bytes.subarray(at), world);
    at += length;
    return value;
  };
  const plain = torchWorld(file, () => null);
  if (next(plain) !== MAGIC) return fail('it is a pickle, but none that torch wrote');
  const version = next(plain);
  if (version !== PROTOCOL) return fail(`its format is version ${version}`);
  const habits = next(plain);
  if (!(habits instanceof Map) || habits.get('little_endian') !== true)
    return fail('its numbers are big-endian');

  // The storages come after the object that refers to them, so that it is read twice.
  const seen = new Map<string, Storage>();
  const object = at;
  next(
    torchWorld(
      file,
      () => empty,
      (storage, place) => note(seen, storage, place, fail),
    ),
  );
  const places = locate(bytes, at, seen, plain, fail);
  const storages = new Storages(
    source.size,
    ({ key }) => {
      const [begin, end] = places.get(key) ?? fail(`the values ${key} are missing`);
      return bytes.slice(begin, end);
    },
    fail,
  );
  at = object;
  return next(torchWorld(file, (args) => storages.tensor(args)));
}

const empty = new UnpickledTensor('float32', [0], new Float32Array(0));

function note(seen: Map<string, Storage>, storage: Storage, { byte }: PicklePlace, fail: Fail): void {
  const before = seen.get(storage.key);
  if (before && before.dtype !== storage.dtype)
    fail(`the values ${storage.key} have two types (byte ${byte})`);
  seen.set(storage.key, storage);
}

/** Where the bytes of each storage lie: [begin, end). */
function locate(
  bytes: Uint8Array,
  start: number,
  seen: ReadonlyMap<string, Storage>,
  world: ReturnType<typeof torchWorld>,
  fail: Fail,
): Map<string, readonly [number, number]> {
  const { value: keys, length } = unpickle(bytes.subarray(start), world);
  if (!Array.isArray(keys)) return fail('it does not list its values');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Map<string, readonly [number, number]>();
  let at = start + length;
  for (const key of keys) {
    const storage = typeof key === 'string' ? seen.get(key) : undefined;
    if (!storage) return fail('it lists values that nothing refers to');
    if (at + 8 > bytes.length) return fail('it ends within its values; it is cut short');
    const end = at + 8 + Number(view.getBigUint64(at, true)) * dtypes[storage.dtype]!.width;
    if (!(end <= bytes.length)) return fail('it ends within its values; it is cut short');
    places.set(storage.key, [at + 8, end]);
    at = end;
  }
  return places;
}
