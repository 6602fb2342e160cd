import { floatMemory } from '../simd/float/index.js';
import type { FloatImage } from './define.js';

/** Float images whose memory is used again. */
export interface ImagePool {
  /** An image with undefined contents. */
  take(width: number, height: number): FloatImage;
  /** Gives the memory back; images that are not from this pool, or already given back, are left alone. */
  give(image: FloatImage): void;
}

/** Whether writing into one image may change the other. */
export function shareMemory(a: FloatImage, b: FloatImage): boolean {
  const [x, y] = [a.data, b.data];
  return (
    x.buffer === y.buffer &&
    x.byteOffset < y.byteOffset + y.byteLength &&
    y.byteOffset < x.byteOffset + x.byteLength
  );
}

/** Keeps a pool while one of its images is in use. */
const owners = new WeakMap<Float32Array, ImagePool>();

/** What a pool has lent when nobody can give it back any more. */
const dropped = new FinalizationRegistry((lent: ReadonlyMap<number, number>) => {
  for (const address of lent.keys()) floatMemory()?.extents.give(address);
});

/**
 * All pools of a thread share the memory in which the kernels work, so that images need not be copied there. An
 * image that does not fit any more gets memory of its own. What a pool has lent when it is dropped with its images is
 * given back.
 */
export function createImagePool(): ImagePool {
  /** Addresses and ends of the pieces that are lent. */
  const lent = new Map<number, number>();

  /** An operator may have cut its result out of a larger image. */
  function pieceAround({ byteOffset }: Float32Array): number | undefined {
    if (lent.has(byteOffset)) return byteOffset;
    for (const [start, end] of lent) if (start <= byteOffset && byteOffset < end) return start;
    return undefined;
  }

  const pool: ImagePool = {
    take(width, height) {
      const length = 3 * width * height;
      const room = floatMemory();
      const address = room?.extents.take(4 * length);
      if (!room || address === undefined) return { width, height, data: new Float32Array(length) };
      lent.set(address, address + 4 * length);
      const data = new Float32Array(room.buffer, address, length);
      owners.set(data, pool);
      return { width, height, data };
    },
    give({ data }) {
      const room = floatMemory();
      if (!room || data.buffer !== room.buffer) return;
      const piece = pieceAround(data);
      if (piece === undefined) return;
      lent.delete(piece);
      room.extents.give(piece);
    },
  };
  dropped.register(pool, lent);
  return pool;
}
