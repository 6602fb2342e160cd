import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { EsrganError } from '../../src/errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../src/formats/safetensors/index.js';
import fc from '../properties.js';
import { fixture } from '../root.js';

/** A file with this header and these data bytes. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const tensor = (dtype: string, shape: number[], data_offsets: number[]) => ({ dtype, shape, data_offsets });
const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

t.test('reads what the reference implementation wrote, and writes the same tensors', async (t) => {
  const golden = fixture('networks', 'srvgg_x4', 'params.safetensors');
  const { tensors } = await readSafetensors(golden);
  t.equal(tensors.size, 17);
  t.same(tensors.get('body.0.weight')!.shape, [16, 3, 3, 3]);
  const again = decodeSafetensors(encodeSafetensors(tensors));
  t.same(again.tensors, tensors);
});

t.test('other floating-point types', async (t) => {
  const halves = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0x7e00, 0x3555]);
  const brains = new Uint16Array([0x3f80, 0xc000, 0x7f80, 0x3eab]);
  const bytes = Buffer.concat([halves, brains, new Float64Array([0.1])].map(bytesOf));
  const { tensors } = decodeSafetensors(
    file(
      { h: tensor('F16', [8], [0, 16]), b: tensor('BF16', [4], [16, 24]), d: tensor('F64', [], [24, 32]) },
      bytes,
    ),
  );
  t.same([...tensors.get('h')!.data], [1, -2, 65504, 2 ** -24, -0, Infinity, NaN, 0.333251953125]);
  t.same([...tensors.get('b')!.data], [1, -2, Infinity, 0.333984375]);
  t.same([...tensors.get('d')!.data], [Math.fround(0.1)]);
  t.same(tensors.get('d')!.shape, []);
});

t.test('refuses what is not sound, and says what is wrong', async (t) => {
  const four = new Uint8Array(4);
  const one = tensor('F32', [1], [0, 4]);
  const unsound: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /shorter than 8/],
    ['huge header', bytesOf(new BigUint64Array([2n ** 63n, 0n])), /claims/],
    ['truncated header', file({ a: one }).subarray(0, 20), /ends within its header/],
    ['truncated data', file({ a: one }, new Uint8Array(3)), /outside/],
    ['not JSON', file('{"a":'), /not JSON/],
    ['an array', file('[1]'), /not an object/],
    ['unknown type', file({ a: tensor('F33', [1], [0, 4]) }, four), /unknown type "F33"/],
    ['inherited name as type', file({ a: tensor('toString', [1], [0, 4]) }, four), /unknown type/],
    ['negative size', file({ a: tensor('F32', [-1, -1], [0, 4]) }, four), /no shape/],
    ['overflowing shape', file({ a: tensor('F32', [2 ** 40, 2 ** 40], [0, 4]) }, four), /needs/],
    ['wrong length', file({ a: tensor('F32', [2], [0, 4]) }, four), /takes 4 bytes where its shape needs 8/],
    ['reversed', file({ a: tensor('F32', [1], [4, 0]) }, four), /outside/],
    ['overlap', file({ a: one, b: one }, four), /overlap/],
    ['gap', file({ a: tensor('F32', [1], [4, 8]) }, new Uint8Array(8)), /gaps/],
    ['trailing bytes', file({ a: one }, new Uint8Array(9)), /5 bytes belong to no tensor/],
    ['metadata', file({ __metadata__: { a: 1 }, a: one }, four), /metadata/],
    ['null', file({ a: null }), /not described/],
  ];
  for (const [name, bytes, message] of unsound)
    t.throws(() => decodeSafetensors(bytes, 'x.safetensors'), { code: 'SAFETENSORS_FORMAT', message }, name);
  t.throws(() => decodeSafetensors(file({ n: tensor('I64', [], [0, 8]) }, new Uint8Array(8)), 'x'), {
    code: 'SAFETENSORS_DTYPE',
    message: /n has type I64/,
  });
});

t.test('any tensors survive a round trip', async () => {
  const shapes = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
  const one = shapes.chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc
      .float32Array({ minLength: length, maxLength: length, noNaN: true })
      .map((data) => ({ shape, data }));
  });
  const names = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__metadata__');
  fc.assert(
    fc.property(
      fc.dictionary(names, one, { noNullPrototype: true }),
      fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
      (record, metadata) => {
        const tensors = new Map(Object.entries(record));
        const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
        if (decoded.tensors.size !== tensors.size) throw new Error('the number of tensors changed');
        for (const [name, { shape, data }] of tensors) {
          const found = decoded.tensors.get(name)!;
          if (`${found.shape}` !== `${shape}` || Buffer.compare(bytesOf(found.data), bytesOf(data)) !== 0)
            throw new Error(`${name} changed`);
        }
        return Object.entries(metadata).every(([key, text]) => decoded.metadata[key] === text);
      },
    ),
  );
});

t.test('damaged bytes give an EsrganError or tensors, never anything else', async () => {
  const sound = encodeSafetensors(
    new Map([
      ['conv.weight', { shape: [2, 3], data: new Float32Array(6).fill(1.5) }],
      ['conv.bias', { shape: [2], data: new Float32Array(2) }],
    ]),
    { format: 'pt' },
  );
  const damage = fc.array(fc.tuple(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 })), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(damage, fc.nat({ max: sound.length }), (changes, length) => {
      const bytes = sound.slice(0, Math.max(length, sound.length - 40));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      try {
        for (const { shape, data } of decodeSafetensors(bytes).tensors.values())
          if (data.length !== shape.reduce((a, b) => a * b, 1)) return false;
        return true;
      } catch (error) {
        return error instanceof EsrganError;
      }
    }),
    { numRuns: 2000 },
  );
});

t.test('files', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'safetensors-'));
  const target = path.join(folder, 'net_g_10.safetensors');
  writeFileSync(target, 'an older file');
  const tensors = new Map([['a', { shape: [2], data: new Float32Array([1, 2]) }]]);
  await writeSafetensors(target, tensors, { producer: 'esrgan-stream' });
  t.same(readdirSync(folder), ['net_g_10.safetensors'], 'nothing else is left in the folder');
  t.same(await readSafetensors(target), { tensors, metadata: { producer: 'esrgan-stream' } });
  t.equal(readFileSync(target).readBigUInt64LE(0) % 8n, 0n, 'the data are aligned');
  await t.rejects(writeSafetensors(path.join(folder, 'missing', 'x.safetensors'), tensors), {
    code: 'ENOENT',
  });
});
