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

type Part = Pick<Sample['window'], 'x' | 'y' | 'width' | 'height'>;

function partOf(block: Block, within: Plane, { x, y, width, height }: Part) {
  const { offset, stride, ...plane } = placeOf(block, within);
  return { ...plane, offset: offset + y * stride + x * plane.channels, stride, width, height };
}

function inThread({ memory, ...place }: ReturnType<typeof partOf>, arena: WebAssembly.Memory): SharedPixels {
  return memory === arena ? place : { memory, ...place };
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
    /** Where its lq lies, where pairs are given. */
    readonly lq?: Plane,
  ) {
    block.pin();
  }

  /** Where the pixels are, for a worker thread that has the arena. */
  sharedWith(arena: WebAssembly.Memory): SharedPixels {
    return inThread(this.#place(), arena);
  }

  /** The same of the lq that is given with it. */
  lqSharedWith(arena: WebAssembly.Memory): SharedPixels | undefined {
    if (!this.lq) return undefined;
    const { x, y, width, height } = this.sample.window;
    const scale = this.plane.inner.width / this.lq.inner.width;
    const part = { x: x / scale, y: y / scale, width: width / scale, height: height / scale };
    return inThread(partOf(this.block, this.lq, part), arena);
  }

  /** A view, not a copy. */
  get pixels(): Pixels {
    return viewShared(this.#place(), this.block.memory);
  }

  #place() {
    return partOf(this.block, this.plane, this.sample.window);
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
