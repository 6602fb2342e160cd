import { EsrganError } from '../../errors.js';
import { storageTypes } from './dtypes.js';
import { formatFailure } from './failure.js';
import type { PicklePlace, PickleWorld } from './pickle/unpickle.js';
import { type PickleValue, PythonGlobal, Storage, UnpickledTensor } from './pickle/values.js';

/** Makes a tensor of the arguments of `torch._utils._rebuild_tensor_v2`. */
type MakeTensor = (args: readonly PickleValue[]) => PickleValue;
type Call = (args: readonly PickleValue[], tensor: MakeTensor) => PickleValue | undefined;

const dict: Call = ([items]) => {
  if (items === undefined) return new Map();
  if (items instanceof Map) return new Map(items);
  const pairs = Array.isArray(items) && items.every((item) => Array.isArray(item) && item.length === 2);
  return pairs ? new Map(items as [PickleValue, PickleValue][]) : undefined;
};

const set: Call = ([items]) => (items === undefined || Array.isArray(items) ? new Set(items) : undefined);

const tensor: Call = (args, make) => make(args);

const parameter: Call = ([data]) => (data instanceof UnpickledTensor ? data : undefined);

/** All that a pickle may call, and what it does. */
const callable: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['torch._utils._rebuild_tensor_v2', tensor],
  ['torch._utils._rebuild_tensor', tensor],
  ['torch._utils._rebuild_parameter', parameter],
  ['torch._utils._rebuild_parameter_with_state', parameter],
  ['collections.OrderedDict', dict],
  ['collections.Counter', dict],
  ['__builtin__.set', set],
  ['builtins.set', set],
  ['torch.Size', ([dimensions]) => (Array.isArray(dimensions) ? dimensions : undefined)],
  ['torch.device', ([name]) => (typeof name === 'string' ? name : undefined)],
]);

/** Types of tensors as values, e.g. `torch.float32` in an optimizer's options. */
const dtypeNames =
  /^torch\.(float|bfloat|u?int)(8|16|32|64)$|^torch\.(bool|half|float|double|long|int|short)$/;

function storageType(global: PickleValue | undefined): string | undefined {
  if (!(global instanceof PythonGlobal)) return undefined;
  return ['torch', 'torch.storage'].includes(global.module) ? storageTypes.get(global.name) : undefined;
}

/**
 * The part of Python that torch's files of weights need.
 * @param seen is told of each storage that the pickle names
 */
export function torchWorld(
  file: string,
  make: MakeTensor,
  seen?: (storage: Storage, place: PicklePlace) => void,
): PickleWorld {
  const fail = (problem: string, { opcode, byte }: PicklePlace): never =>
    formatFailure(file)(`its pickle cannot be read (${opcode} at byte ${byte}): ${problem}`);
  return {
    fail,
    allow(global, place) {
      const name = `${global}`;
      if (!callable.has(name) && storageType(global) === undefined && !dtypeNames.test(name))
        throw refusal(file, name, place);
    },
    call(global, args, place) {
      const made = callable.get(`${global}`)?.(args, make);
      return made === undefined ? fail(`it calls ${global} in a way that torch does not`, place) : made;
    },
    persistent(id, place) {
      const [kind, type, key, , length, part] = Array.isArray(id) ? id : [];
      const dtype = storageType(type);
      if (kind !== 'storage' || dtype === undefined || typeof key !== 'string' || typeof length !== 'number')
        return fail('it names a storage in a way that torch does not', place);
      if (part !== undefined && part !== null) return fail('views of storages are not supported', place);
      const storage = new Storage(dtype, key, length);
      seen?.(storage, place);
      return storage;
    },
  };
}

function refusal(file: string, name: string, { opcode, byte }: PicklePlace): EsrganError {
  return new EsrganError(
    'PTH_REFUSED',
    `${file} is refused: its pickle asks Python for ${name} (${opcode} at byte ${byte}), which weights do not need. Nothing was executed.`,
    {
      place: { file },
      remedy:
        'Such a file can run any program when PyTorch loads it. Take the weights from a source you trust, saved with torch.save(net.state_dict(), file), or as safetensors.',
    },
  );
}
