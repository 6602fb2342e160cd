import type { Image } from '../types.js';
import { type PngKernels, pngKernels } from './kernels.js';
import { type Layout, layoutOf, MARGIN } from './layout.js';

const PAGE = 65536;
const MOST_PAGES = 65536;

/** A piece of a zlib stream in the coder's memory; 64 bytes before and behind it are free. Soon overwritten. */
export interface Deflated {
  readonly memory: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly first: boolean;
  readonly last: boolean;
}

/** Filters the rows of images and deflates them, in memory of its own, a strip of some rows at a time. */
export class RowCoder {
  #kernels: PngKernels;
  #memory: Uint8Array;
  #layout: Layout;

  constructor(readonly simd = true) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
    this.#kernels = pngKernels(memory, simd);
    this.#memory = new Uint8Array(memory.buffer);
    this.#layout = layoutOf(0, 0, 0);
  }

  /** Gives the filtered rows to `take`, a strip after the other, each row after the number of its filter. */
  filter(image: Image, take: (rows: Uint8Array) => void): void {
    this.#strips(image, (length) => {
      const { filtered } = this.#layout;
      take(this.#memory.subarray(filtered, filtered + length));
    });
  }

  /** Gives the filtered rows to `take` as a zlib stream, a strip after the other. */
  deflate(image: Image, take: (piece: Deflated) => void): void {
    let adler = 1;
    this.#strips(image, (length, first, last) => {
      const { filtered, work, deflated } = this.#layout;
      const memory = this.#memory;
      let to = deflated;
      if (first) {
        // Deflate with a window of 32 KiB, the fastest level.
        memory.set([0x78, 0x01], to);
        to += 2;
      }
      memory[filtered - 1] = 0xff;
      adler = this.#kernels.adler32(filtered, length, adler);
      to += this.#kernels.deflate(filtered, length, first, last, to, work);
      if (last) {
        new DataView(memory.buffer).setUint32(to, adler);
        to += 4;
      }
      take({ memory, from: deflated, to, first, last });
    });
  }

  #strips(image: Image, take: (length: number, first: boolean, last: boolean) => void): void {
    const { data, height, stride, channels } = image;
    this.#prepare(image);
    const { length, pitch, rows, source, filtered, work } = this.#layout;
    const memory = this.#memory;
    for (let y = 0; y < height; y += rows) {
      const count = Math.min(rows, height - y);
      if (y === 0) memory.fill(0, source - pitch, source);
      for (let row = y === 0 ? 0 : -1; row < count; row++) {
        const from = (y + row) * stride;
        memory.set(data.subarray(from, from + length), source + row * pitch + MARGIN);
      }
      this.#kernels.filter(source, pitch, count, length, channels, filtered, work);
      take(count * (length + 1), y === 0, y + count === height);
    }
  }

  #prepare({ width, channels }: Image): void {
    const before = this.#layout;
    this.#layout = layoutOf(width, channels, this.#kernels.workBytes());
    if (this.#layout.bytes > this.#memory.length) {
      const pages = Math.ceil(this.#layout.bytes / PAGE);
      const memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES });
      this.#kernels = pngKernels(memory, this.simd);
      this.#memory = new Uint8Array(memory.buffer);
    } else if (this.#layout.pitch !== before.pitch) this.#memory.fill(0, 0, this.#layout.filtered);
  }
}
