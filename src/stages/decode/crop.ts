import type { Block, Lease } from '../../flow/index.js';
import type { Pixels } from '../../images/pixels.js';
import type { Sample } from '../../plan/types.js';
import { type SharedPixels, viewShared } from '../workers/shared-pixels.js';

/** Where one scale of a source lies within its block. */
export interface Plane {
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** Size of the image itself; the plane is larger where it is padded. */
  readonly inner: { readonly width: number; readonly height: number };
}

/** Where a plane lies now; valid while the block is pinned. */
export function placeOf(
  { memory, offset }: Block,
  { offset: within, width, height, channels }: Plane,
): SharedPixels {
  return { memory, offset: offset + within, stride: width * channels, width, height, channels };
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

  /** Where the pixels are, for a worker thread that has the arena. */
  sharedWith(arena: WebAssembly.Memory): SharedPixels {
    const { memory, ...place } = this.#place();
    return memory === arena ? place : { memory, ...place };
  }

  /** A view, not a copy. */
  get pixels(): Pixels {
    return viewShared(this.#place(), this.block.memory);
  }

  #place(): SharedPixels {
    const { x, y, width, height } = this.sample.window;
    const { offset, stride, ...plane } = placeOf(this.block, this.plane);
    return { ...plane, offset: offset + y * stride + x * plane.channels, stride, width, height };
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
