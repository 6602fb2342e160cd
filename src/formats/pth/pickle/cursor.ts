const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes are no sound pickle. */
export class BadPickle extends Error {}

const endsEarly = (): BadPickle => new BadPickle('it ends too early');

/** Longer integers than this would take long to make sense of, and nothing needs them. */
const LONGEST_INTEGER = 1024;

/** Reads the arguments of opcodes one after another. */
export class Cursor {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  bytes(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) throw endsEarly();
    const found = this.#bytes.subarray(this.at, end);
    this.at = end;
    return found;
  }

  u8(): number {
    return this.bytes(1)[0]!;
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  /** 8 bytes; lengths that no file has are cut to a number that no file has either. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  f64BigEndian(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  utf8(length: number): string {
    return utf8.decode(this.bytes(length));
  }

  latin1(length: number): string {
    return latin1.decode(this.bytes(length));
  }

  /** Up to the next line feed, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw endsEarly();
    const text = utf8.decode(this.#bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }

  /** A whole number in decimal digits. */
  decimal(text: string): number | bigint {
    if (!/^[+-]?\d{1,1024}L?$/.test(text)) throw new BadPickle('an integer in it is none');
    const digits = text.replace('L', '');
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : BigInt(digits);
  }

  /** A two's complement integer of any length, least byte first: a number where that is exact. */
  integer(length: number): number | bigint {
    if (length > LONGEST_INTEGER) throw new BadPickle(`an integer in it has ${length} bytes`);
    const bytes = this.bytes(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    value = BigInt.asIntN(length * 8, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  #skip(length: number): number {
    const { at } = this;
    this.bytes(length);
    return at;
  }
}
