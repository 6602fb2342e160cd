/** A tensor to write: row-major float32. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What can be written: dicts (objects and maps of texts or whole numbers), lists, float32 tensors and scalars. */
export type Writable =
  | null
  | boolean
  | number
  | string
  | WritableTensor
  | readonly Writable[]
  | ReadonlyMap<string | number, Writable>
  | { readonly [key: string]: Writable };

/** A pickle of protocol 2, the one torch writes, and the bytes of the storages it names 0, 1, 2 ... */
export function pickle(value: Writable): { bytes: Uint8Array; storages: Uint8Array[] } {
  const writer = new Writer();
  writer.pieces.push(Buffer.from([0x80, 2]));
  writer.put(value);
  writer.pieces.push(Buffer.from('.'));
  return { bytes: Buffer.concat(writer.pieces), storages: writer.storages };
}

const isTensor = (value: object): value is WritableTensor =>
  'data' in value && value.data instanceof Float32Array && 'shape' in value && Array.isArray(value.shape);

class Writer {
  readonly pieces: Buffer[] = [];
  readonly storages: Uint8Array[] = [];
  /** Files of weights are read by people who count opcodes: what recurs is stored once, as Python does it. */
  readonly #memo = new Map<string, number>();

  put(value: Writable): void {
    if (value === null) this.#code('N');
    else if (typeof value === 'boolean') this.#byte(value ? 0x88 : 0x89);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (value instanceof Map) this.#dict(value);
    else if (isTensor(value)) this.#tensor(value);
    else this.#dict(Object.entries(value as { readonly [key: string]: Writable }));
  }

  #code(text: string): void {
    this.pieces.push(Buffer.from(text, 'latin1'));
  }

  #byte(value: number): void {
    this.pieces.push(Buffer.from([value]));
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.#integer(value);
    else {
      const bytes = Buffer.alloc(9);
      bytes.write('G', 'latin1');
      bytes.writeDoubleBE(value, 1);
      this.pieces.push(bytes);
    }
  }

  #integer(value: number): void {
    if (value >= 0 && value < 256) this.pieces.push(Buffer.from([0x4b, value]));
    else if (value === (value | 0)) {
      const bytes = Buffer.alloc(5);
      bytes.write('J', 'latin1');
      bytes.writeInt32LE(value, 1);
      this.pieces.push(bytes);
    } else {
      const bytes = Buffer.alloc(10);
      bytes.set([0x8a, 8]);
      bytes.writeBigInt64LE(BigInt(value), 2);
      this.pieces.push(bytes);
    }
  }

  /** Writes what `write` writes the first time, and recalls it from then on. */
  #once(key: string, write: () => void): void {
    const known = this.#memo.get(key);
    const bytes = Buffer.alloc(5);
    if (known !== undefined) {
      bytes.write('j', 'latin1');
      bytes.writeUInt32LE(known, 1);
    } else {
      write();
      bytes.write('r', 'latin1');
      bytes.writeUInt32LE(this.#memo.size, 1);
      this.#memo.set(key, this.#memo.size);
    }
    this.pieces.push(bytes);
  }

  #text(text: string): void {
    this.#once(`text ${text}`, () => {
      const utf8 = Buffer.from(text);
      const length = Buffer.alloc(5);
      length.write('X', 'latin1');
      length.writeUInt32LE(utf8.length, 1);
      this.pieces.push(length, utf8);
    });
  }

  #global(module: string, name: string): void {
    this.#once(`global ${module}.${name}`, () => this.#code(`c${module}\n${name}\n`));
  }

  #list(items: readonly Writable[]): void {
    this.#code('](');
    for (const item of items) this.put(item);
    this.#code('e');
  }

  #dict(entries: Iterable<readonly [string | number, Writable]>): void {
    this.#code('}(');
    for (const [key, value] of entries) {
      this.put(key);
      this.put(value);
    }
    this.#code('u');
  }

  #tuple(items: readonly number[]): void {
    this.#code('(');
    for (const item of items) this.#integer(item);
    this.#code('t');
  }

  /** torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks) */
  #tensor({ shape, data }: WritableTensor): void {
    this.#global('torch._utils', '_rebuild_tensor_v2');
    this.#code('((');
    this.#text('storage');
    this.#global('torch', 'FloatStorage');
    this.#text(`${this.storages.length}`);
    this.#text('cpu');
    this.#integer(data.length);
    this.#code('tQ');
    this.#integer(0);
    this.#tuple(shape);
    this.#tuple(shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1)));
    this.#byte(0x89);
    this.#global('collections', 'OrderedDict');
    this.#code(')RtR');
    this.storages.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
