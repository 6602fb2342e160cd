/**
 * `fast`: rows first, then columns, weights of 14 fractional bits whose sum is exactly 1.
 * `pillow`: columns first, then rows, weights of 22 fractional bits: the bytes of Pillow's LANCZOS.
 * Both round to 8 bits in between, and filter RGBA with colours multiplied by alpha.
 */
export type Mode = 'fast' | 'pillow';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Interleaved 8-bit RGB or RGBA in memory: byte offset, pixels, bytes from row to row (default: no gaps). */
export interface SourcePlane extends Size {
  readonly offset: number;
  readonly channels: 3 | 4;
  readonly stride?: number;
}

/** Where the result goes; it has as many channels as the source, and must not overlap it. */
export interface TargetPlane extends Size {
  readonly offset: number;
  readonly stride?: number;
}

/** An image with an array of its own; has the shape of `Pixels`. */
export interface Image extends Size {
  readonly data: Uint8Array;
  readonly channels: 3 | 4;
  readonly stride: number;
}
