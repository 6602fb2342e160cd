/** Something that enlarges RGB pictures: a network with its weights. */
export interface Enlarger {
  /** The network's name, for people. */
  readonly name: string;
  readonly scale: number;
  /** Width and height of what it is given must be multiples of it. */
  readonly multiple: number;
  /**
   * lq: RGB bytes, interleaved, `width` x `height` -> sr: RGB bytes, `scale` times as wide and high, clamped and
   * rounded half to even.
   */
  run(rgb: Uint8Array, width: number, height: number): Promise<Uint8Array>;
  dispose(): void | Promise<void>;
}

/** Values 0..1 as bytes. Clamped arrays round half to even by definition, as the reference does. */
export function toBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = Math.fround(values[i]! * 255);
  return new Uint8Array(bytes.buffer);
}

/** The same of R R ... G G ... B B ..., as RGB RGB ... */
export function planesToBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  const plane = values.length / 3;
  for (let c = 0; c < 3; c++)
    for (let i = c * plane, to = c; to < bytes.length; i++, to += 3)
      bytes[to] = Math.fround(values[i]! * 255);
  return new Uint8Array(bytes.buffer);
}

const unit = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Bytes as values 0..1. */
export function toUnit(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = unit[bytes[i]!]!;
  return values;
}
