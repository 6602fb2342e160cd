import type { Pixels } from '../../images/pixels.js';

/** A rectangle of 8-bit pixels in shared memory: what a worker thread is told instead of the pixels. */
export interface SharedPixels {
  /** Absent: the arena, which every worker has. */
  readonly memory?: WebAssembly.Memory;
  readonly offset: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** The pixels themselves: a view, valid while their block is pinned. */
export function viewShared(shared: SharedPixels, arena: WebAssembly.Memory): Pixels {
  const { memory = arena, offset, stride, width, height, channels } = shared;
  const length = stride * (height - 1) + width * channels;
  return { data: new Uint8Array(memory.buffer, offset, length), width, height, channels, stride };
}
