/** An 8-bit image, rows top to bottom, channels interleaved (RGB or RGBA). May be a view into a larger one. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** Bytes from one row to the next; `width * channels` when the image is contiguous. */
  readonly stride: number;
}
