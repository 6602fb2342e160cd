import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import t from 'tap';
import { EsrganError } from '../../src/errors.js';
import { decodePth, encodePth, readPth, readState, writePth } from '../../src/formats/pth/index.js';
import type { UnpickledTensor } from '../../src/formats/pth/pickle/values.js';
import { isTensor, type StateValue } from '../../src/formats/pth/state.js';
import { decodeSafetensors } from '../../src/formats/safetensors/index.js';
import fc from '../properties.js';
import { runPython, withoutModule } from '../python.js';
import { fixture } from '../root.js';

const pth = (name: string): string => fixture('pth', name);
const noTorch = withoutModule('torch');

/** The tensors of a dict that a pickle held. */
function tensors(value: unknown): Map<string, UnpickledTensor> {
  if (!(value instanceof Map)) throw new Error('no dict');
  return value as Map<string, UnpickledTensor>;
}

const params = decodeSafetensors(readFileSync(pth('params.safetensors'))).tensors;

t.test('state dicts in every form that torch writes', async (t) => {
  for (const name of ['plain.pth', 'legacy_plain.pth']) {
    const { value, format, metadata } = readPth(pth(name));
    t.equal(format, name === 'plain.pth' ? 'zip' : 'legacy');
    t.same(metadata, {});
    t.equal(tensors(value).size, params.size);
    for (const [key, tensor] of tensors(value)) {
      t.equal(tensor.dtype, 'float32');
      t.same({ shape: tensor.shape, data: tensor.data }, params.get(key), `${name} ${key}`);
    }
  }
  for (const [name, dtype, within] of [
    ['plain_fp16.pth', 'float16', 2 ** -11],
    ['plain_bf16.pth', 'bfloat16', 2 ** -8],
  ] as const)
    for (const [key, tensor] of tensors(readPth(pth(name)).value)) {
      t.equal(tensor.dtype, dtype);
      t.type(tensor.data, Float32Array);
      const exact = params.get(key)!.data;
      const off = Math.max(
        ...exact.map((x, i) => Math.abs(x - tensor.data[i]!) / Math.max(1e-3, Math.abs(x))),
      );
      t.ok(off > 0 && off <= within, `${name} ${key}: ${off}`);
    }
  for (const name of ['net_g_10.pth', 'legacy_format.pth']) {
    const { value } = readPth(pth(name));
    t.same([...tensors(value).keys()], ['params', 'params_ema']);
    t.same(
      tensors(tensors(value).get('params')).get('body.0.weight')?.data,
      params.get('body.0.weight')!.data,
    );
  }
});

t.test('views, strides, and types other than float', async (t) => {
  const file = readFileSync(pth('views_and_dtypes.json'), 'utf8');
  const { views_and_dtypes: expected } = JSON.parse(file) as {
    views_and_dtypes: Record<string, { dtype: string; shape: number[]; values: unknown }>;
  };
  const dict = tensors(readPth(pth('views_and_dtypes.pth')).value);
  t.same([...dict.keys()].sort(), Object.keys(expected).sort());
  for (const [key, { dtype, shape, values }] of Object.entries(expected)) {
    const { data, ...rest } = dict.get(key)!;
    t.same({ ...rest }, { dtype, shape }, key);
    t.same([...data], [values].flat(3).map(Number), key);
  }
});

t.test('training states, of today and of old torch', async (t) => {
  const described = (value: StateValue): unknown => {
    if (isTensor(value)) {
      const data = [...value.data];
      return {
        tensor: value.dtype,
        shape: value.shape,
        sum: data.reduce((a, b) => a + b, 0),
        l2: Math.sqrt(data.reduce((a, b) => a + b * b, 0)),
        first: data.slice(0, 3),
      };
    }
    if (Array.isArray(value)) return value.map(described);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, described(item)]));
  };
  const near = (found: unknown, wanted: unknown): boolean => {
    if (typeof found === 'number' && typeof wanted === 'number')
      return Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
    if (typeof found !== 'object' || found === null || typeof wanted !== 'object' || wanted === null)
      return found === wanted;
    const other = wanted as Record<string, unknown>;
    return (
      Object.keys(found).length === Object.keys(wanted).length &&
      Object.entries(found).every(([key, item]) => near(item, other[key]))
    );
  };
  /** The description marks tuples and Counters, which are lists and dicts to us. */
  const unmarked = (_: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { __type, ...rest } = value as Record<string, unknown>;
    if ('tuple' in rest) return rest.tuple;
    return __type === undefined ? value : rest;
  };
  const golden = JSON.parse(readFileSync(pth('state.json'), 'utf8'), unmarked) as {
    files: Record<string, Record<string, unknown>>;
  };
  t.same(readState(pth('4_old_torch_legacy_format.state')), readState(pth('4_old_torch.state')));
  const names = Object.keys(golden.files);
  t.equal(names.length, 2);
  for (const name of names) {
    const { epoch, iter, optimizers, schedulers } = readState(pth(name));
    const { epoch: e, iter: i, optimizers: o, schedulers: s } = golden.files[name]!;
    t.same([epoch, iter], [e, i], name);
    t.ok(near(optimizers.map(described), o), `${name}: optimizers`);
    t.ok(near(schedulers.map(described), s), `${name}: schedulers`);
  }
  t.throws(() => readState(pth('plain.pth')), { code: 'PTH_NOT_A_STATE', place: { file: pth('plain.pth') } });
});

t.test('what is refused', async (t) => {
  t.throws(() => readPth(pth('malicious.pth')), {
    code: 'PTH_REFUSED',
    message: /malicious\.pth is refused.*__builtin__\.print \(GLOBAL at byte 929\).*Nothing was executed/,
    place: { file: pth('malicious.pth') },
  });
  t.throws(() => readPth(pth('truncated.pth')), { code: 'PTH_FORMAT', message: /cut short/ });
  const legacy = (...pickled: (string | number[])[]): Uint8Array =>
    Buffer.concat([
      readFileSync(pth('legacy_plain.pth')).subarray(0, 137),
      Buffer.from([0x80, 2]),
      ...pickled.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    ]);
  const refused = (name: string, ...pickled: (string | number[])[]): void => {
    t.throws(() => decodePth(legacy(...pickled), 'x.pth'), { code: 'PTH_REFUSED', message: name });
  };
  refused('posix.system (GLOBAL at byte 2)', 'cposix\nsystem\n(X\x02\0\0\0lstR.');
  refused(
    'os.system (STACK_GLOBAL at byte 20)',
    'X\x02\0\0\0osX\x06\0\0\0system',
    [0x93],
    'X\x02\0\0\0ls\x85R.',
  );
  refused('torch.storage._load_from_bytes', 'ctorch.storage\n_load_from_bytes\n.');
  refused('torch.OrderedDict', 'ctorch\nOrderedDict\n.');
  refused('collections.OrderedDict.__class__', 'ccollections\nOrderedDict.__class__\n.');
  refused('numpy.core.multiarray._reconstruct', 'cnumpy.core.multiarray\n_reconstruct\n.');
  const unsound = (message: RegExp, ...pickled: (string | number[])[]): void => {
    t.throws(() => decodePth(legacy(...pickled), 'x.pth'), { code: 'PTH_FORMAT', message });
  };
  unsound(/INST at byte 3\): its opcode is not one/, '(ios\nsystem\n.');
  unsound(/OBJ at byte/, '(ccollections\nOrderedDict\no.');
  unsound(/EXT1 at byte/, [0x82, 1], '.');
  unsound(/0xff at byte/, [0xff]);
  unsound(/ends too early/, 'X\xff\xff\xff\x7fabc');
  unsound(/ends too early/, [0x8d, 255, 255, 255, 255, 255, 255, 255, 255]);
  unsound(/an integer in it has/, [0x8b, 255, 255, 255, 0]);
  unsound(/stack is empty/, 'R.');
  unsound(/no mark/, 'e.');
  unsound(/recalls what it never stored/, 'h\x07.');
  unsound(/calls something that is no global/, 'NN\x85R.');
  unsound(/sets the state of an object/, 'NNb.');
  unsound(/in a way that torch does not/, 'ctorch._utils\n_rebuild_parameter\n)R.');
  unsound(/names a storage/, 'NQ.');
  unsound(/not UTF-8/, 'X\x02\0\0\0\xff\xff.');
  t.throws(() => decodePth(Buffer.from('GIF89a'), 'x.gif'), { code: 'PTH_FORMAT', message: /x\.gif/ });
});

t.test('states that are nested without end', async (t) => {
  const state = (optimizer: string): string => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'esrgan-pth-')), 'x.state');
    const word = (text: string): string => `X${String.fromCharCode(text.length)}\0\0\0${text}`;
    const items = `${word('epoch')}K\0${word('iter')}K\x07${word('optimizers')}${optimizer}${word('schedulers')}]`;
    const head = readFileSync(pth('legacy_plain.pth')).subarray(0, 137);
    const body = Buffer.from(`\x80\x02}(${items}u.\x80\x02].`, 'latin1');
    writeFileSync(file, Buffer.concat([head, body]));
    return file;
  };
  t.equal(readState(state(']K\x05a')).optimizers[0], 5);
  const circle = readState(state(']q\0h\0a')).optimizers;
  t.equal(circle[0], circle);
  // Each list holds the one before twice: 2^60 items if they were copied.
  const doubled = Array.from(
    { length: 60 },
    (_, i) => `q${String.fromCharCode(i)}0](h${String.fromCharCode(i)}h${String.fromCharCode(i)}e`,
  );
  t.equal(readState(state(`]${doubled.join('')}`)).optimizers.length, 2);
  t.throws(() => readState(state(`${']'.repeat(5000)}${'a'.repeat(4999)}`)), {
    code: 'PTH_FORMAT',
    message: /nested more/,
  });
  t.throws(() => readState(state(']}NN\x86K\x01sa')), { code: 'PTH_FORMAT', message: /no text or number/ });
  const named = readState(state(']}X\x09\0\0\0__proto__K\x01sa')).optimizers[0];
  t.same(Object.entries(named as object), [['__proto__', 1]]);
});

t.test('tensors that do not fit into their file', async (t) => {
  const good = encodePth({ a: { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) } });
  t.same([...tensors(decodePth(good).value).get('a')!.data], [1, 2, 3, 4, 5, 6]);
  /** The pickle of `good` with other bytes, in an archive of its own. */
  const changed = (from: Uint8Array, to: Uint8Array): Uint8Array => {
    const { bytes, storages } = parts(good);
    const at = Buffer.from(bytes).indexOf(Buffer.from(from));
    t.ok(at > 0);
    return archive([
      ['data.pkl', Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + from.length)])],
      ...storages,
    ]);
  };
  const shape = Buffer.from('(K\x02K\x03t(K\x03K\x01t', 'latin1');
  const fails = (to: string, message: RegExp): void => {
    t.throws(() => decodePth(changed(shape, Buffer.from(to, 'latin1'))), { code: 'PTH_FORMAT', message });
  };
  fails('(K\x02K\x04t(K\x04K\x01t', /reaches beyond its 6 values/);
  fails('(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft(K\0K\0t', /does not come out of it/);
  fails('(J\xff\xff\xff\xffK\x04t(K\x04K\x01t', /not described as torch does/);
  fails('(K\x02t(K\x03K\x01t', /more dimensions than strides/);
  const repeated = decodePth(changed(shape, Buffer.from('(K\x02K\x03t(K\0K\x01t', 'latin1')));
  t.same([...tensors(repeated.value).get('a')!.data], [1, 2, 3, 1, 2, 3]);
});

/** The records of an archive that encodePth made. */
function parts(bytes: Uint8Array): { bytes: Buffer; storages: [string, Buffer][] } {
  const all = Buffer.from(bytes);
  const records = new Map<string, Buffer>();
  for (let at = 0; all.readUInt32LE(at) === 0x04034b50; ) {
    const name = all.toString('utf8', at + 30, at + 30 + all.readUInt16LE(at + 26));
    const begin = at + 30 + all.readUInt16LE(at + 26) + all.readUInt16LE(at + 28);
    at = begin + all.readUInt32LE(at + 18);
    records.set(name.replace('archive/', ''), all.subarray(begin, at));
  }
  const storages = [...records].filter(([name]) => name.startsWith('data/'));
  return { bytes: records.get('data.pkl')!, storages };
}

interface ArchiveOptions {
  readonly crc?: (data: Uint8Array) => number;
  /** Sizes and places in 64 bits, as archives of more than 4 GB have them. */
  readonly wide?: boolean;
}

/** A zip archive made independently of ours: deflated, with a comment at its end. */
function archive(
  records: readonly (readonly [string, Uint8Array])[],
  { crc = crcOf, wide = false }: ArchiveOptions = {},
): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, data] of records) {
    const packed = deflateRawSync(data);
    const text = Buffer.from(`x/${name}`);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(text.length, 22);
    local.push(Buffer.from('PK\x03\x04', 'latin1'), fields, text, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    const entry = Buffer.from(fields);
    const extra = Buffer.alloc(wide ? 28 : 0);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      for (const [i, value] of [data.length, packed.length, at].entries())
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
      entry.fill(0xff, 14, 22);
      place.fill(0xff, 10);
      entry.writeUInt16LE(extra.length, 24);
    }
    central.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), entry, place, text, extra);
    at += 30 + text.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(records.length, 4);
  end.writeUInt16LE(records.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(5, 16);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06', 'latin1'), end, Buffer.from('hello')]);
}

function crcOf(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

t.test('archives of others', async (t) => {
  const { bytes, storages } = parts(encodePth({ a: { shape: [1], data: new Float32Array([7]) } }));
  const records = [['data.pkl', bytes], ...storages] as const;
  t.same([...tensors(decodePth(archive(records)).value).get('a')!.data], [7]);
  t.same([...tensors(decodePth(archive(records, { wide: true })).value).get('a')!.data], [7]);
  const fails = (file: Uint8Array, message: RegExp): void => {
    t.throws(() => decodePth(file), { code: 'PTH_FORMAT', message });
  };
  fails(archive(records, { crc: () => 1 }), /data\.pkl is damaged/);
  fails(archive([...records, ['byteorder', Buffer.from('big')]]), /big-endian/);
  fails(archive([['data.pkl', bytes]]), /the values 0 are missing/);
  fails(archive([['constants.pkl', bytes], ...records]), /TorchScript/);
  fails(archive([['weights.npy', bytes]]), /no data\.pkl/);
  fails(archive([...records, ...records]), /twice/);
});

t.test('any value survives writing and reading', async (t) => {
  const scalar = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme' }),
  );
  const key = fc.string().filter((text) => text !== '__proto__');
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('any')), fc.dictionary(key, tie('any'))),
  })).any;
  const asRead = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(asRead);
    if (typeof one !== 'object' || one === null) return one;
    return new Map(Object.entries(one).map(([name, item]) => [name, asRead(item)]));
  };
  fc.assert(
    fc.property(value, (one) => {
      t.strictSame(decodePth(encodePth(one as Parameters<typeof encodePth>[0])).value, asRead(one));
    }),
    { numRuns: 200 },
  );
});

t.test('damaged files end in an error that names them, never otherwise', async (t) => {
  const files = ['plain.pth', 'legacy_plain.pth', '4_old_torch.state'].map((name) => readFileSync(pth(name)));
  const change = fc.tuple(fc.nat(files.length - 1), fc.nat(), fc.nat(255), fc.boolean());
  fc.assert(
    fc.property(change, ([index, position, byte, cut]) => {
      const file = Buffer.from(files[index]!);
      const at = position % file.length;
      file[at] = byte;
      try {
        decodePth(cut ? file.subarray(0, at) : file, 'x.pth');
      } catch (error) {
        if (!(error instanceof EsrganError) || !error.message.includes('x.pth')) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

t.test('files appear whole, and torch loads them', { skip: noTorch ?? false }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'esrgan-pth-'));
  const file = path.join(folder, 'net.pth');
  const wide = { shape: [3, 0], data: new Float32Array(0) };
  const dict = new Map([...params, ['scalar', { shape: [], data: new Float32Array([2.5]) }], ['none', wide]]);
  await writePth(
    file,
    { params: dict, numbers: [1, -1, 300, 2 ** 40, 0.1, true, null, 'ä'] },
    { iter: '10' },
  );
  t.same(readdirSync(folder), ['net.pth']);
  t.same(readPth(file).metadata, { iter: '10' });
  const printed = runPython(
    `
import json, sys, torch
loaded = torch.load(sys.argv[1], weights_only=True)
mapped = torch.load(sys.argv[1], weights_only=True, mmap=True)
assert all(torch.equal(mapped['params'][k], v) for k, v in loaded['params'].items())
print(json.dumps({
    'keys': list(loaded), 'numbers': loaded['numbers'],
    'params': {k: [list(v.shape), v.flatten().tolist(), str(v.dtype)] for k, v in loaded['params'].items()},
}))`,
    [file],
  );
  t.same(JSON.parse(printed), {
    keys: ['params', 'numbers'],
    numbers: [1, -1, 300, 2 ** 40, 0.1, true, null, 'ä'],
    params: Object.fromEntries(
      [...dict].map(([key, { shape, data }]) => [key, [[...shape], [...data], 'torch.float32']]),
    ),
  });
});

t.test('pickles of every protocol that torch is told to use', { skip: noTorch ?? false }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'esrgan-pth-'));
  runPython(
    `
import sys, torch
from collections import OrderedDict, Counter
value = OrderedDict(a=torch.arange(6.).reshape(2, 3).t(), p=torch.nn.Parameter(torch.ones(2)), n=-5, big=2**70,
    text='ä' * 300, size=torch.Size([1, 2]), some={1, 2}, none=None, t=(1.5, True), c=Counter('aab'), d=torch.float16,
    bn=torch.nn.BatchNorm2d(2).state_dict())
for protocol in range(2, 6):
    torch.save(value, f'{sys.argv[1]}/{protocol}.pth', pickle_protocol=protocol)
    torch.save(value, f'{sys.argv[1]}/{protocol}-legacy.pth', pickle_protocol=protocol, _use_new_zipfile_serialization=False)`,
    [folder],
  );

  // Python takes long to load torch or TensorFlow.
  t.setTimeout(300_000);
  const files = readdirSync(folder);
  t.equal(files.length, 8);
  for (const name of files) {
    const dict = tensors(readPth(path.join(folder, name)).value) as unknown as Map<string, unknown>;
    const a = dict.get('a') as UnpickledTensor;
    t.same(
      [a.shape, [...a.data]],
      [
        [3, 2],
        [0, 3, 1, 4, 2, 5],
      ],
      name,
    );
    t.same([...(dict.get('p') as UnpickledTensor).data], [1, 1]);
    t.equal(dict.get('big'), 2n ** 70n);
    t.equal(dict.get('text'), 'ä'.repeat(300));
    t.same(dict.get('some'), new Set([1, 2]));
    t.same(dict.get('t'), [1.5, true]);
    t.same(
      dict.get('c'),
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    );
    t.equal(String(dict.get('d')), 'torch.float16');
    const counter = (dict.get('bn') as Map<string, UnpickledTensor>).get('num_batches_tracked')!;
    t.same([counter.dtype, counter.shape, [...counter.data]], ['int64', [], [0]]);
  }
});

t.test('a file that is not there', async (t) => {
  const file = path.join(tmpdir(), 'no-such-file.pth');
  t.throws(() => readPth(file), { code: 'ENOENT' });
  const empty = path.join(mkdtempSync(path.join(tmpdir(), 'esrgan-pth-')), 'empty.pth');
  writeFileSync(empty, '');
  t.throws(() => readPth(empty), { code: 'PTH_FORMAT' });
});
