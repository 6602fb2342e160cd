import type { Block, Lease } from '../../flow/index.js';
import type { Pixels } from '../../images/pixels.js';
import type { Sample } from '../../plan/types.js';

/** Where one scale of a source lies within its block. */
export interface Plane {
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** A rectangle of 8-bit pixels in shared memory: what a worker thread is told instead of the pixels. */
export interface SharedPixels {
  readonly buffer: SharedArrayBuffer;
  readonly offset: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

export function viewShared(shared: SharedPixels): Pixels {
  const { buffer, offset, stride, width, height, channels } = shared;
  const length = stride * (height - 1) + width * channels;
  return { data: new Uint8Array(buffer, offset, length), width, height, channels, stride };
}

/** The image is there until `release`; the lease goes on with whatever is made from it. */
export class Crop {
  #open = true;

  constructor(
    readonly sample: Sample,
    /** Room downstream for what will be made of this crop. */
    readonly lease: Lease,
    readonly block: Block,
    readonly plane: Plane,
    readonly onRelease: () => void,
  ) {
    block.pin();
  }

  /** A view, not a copy. */
  get shared(): SharedPixels {
    const { x, y, width, height } = this.sample.window;
    const { channels } = this.plane;
    const stride = this.plane.width * channels;
    const offset = this.block.offset + this.plane.offset + y * stride + x * channels;
    return { buffer: this.block.buffer, offset, stride, width, height, channels };
  }

  get pixels(): Pixels {
    return viewShared(this.shared);
  }

  /** Call it as soon as the pixels have been used; calling it again does nothing. */
  release(): void {
    if (!this.#open) return;
    this.#open = false;
    this.block.unpin();
    this.onRelease();
  }
}

/** A planned sample whose pixels could not be had; the reason has been reported. */
export interface MissingSample {
  readonly sample: Sample;
  readonly lease: Lease;
  readonly missing: string;
}
