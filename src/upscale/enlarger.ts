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
export function toBytes(values: Float32Array, index: (i: number) => number = (i) => i): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = Math.fround(values[index(i)]! * 255);
  return new Uint8Array(bytes.buffer);
}

const unit = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Bytes as values 0..1. */
export function toUnit(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = unit[bytes[i]!]!;
  return values;
}
