import type { FloatImage } from './define.js';

/** Float images whose memory is used again; one a thread. */
export interface ImagePool {
  /** An image with undefined contents. */
  take(width: number, height: number): FloatImage;
  /** Gives the memory back; images that are not from this pool, or already given back, are left alone. */
  give(image: FloatImage): void;
}

const mostFree = 8;

export function createImagePool(): ImagePool {
  const free: ArrayBufferLike[] = [];
  const lent = new WeakSet<ArrayBufferLike>();

  function tightest(bytes: number): number {
    let best = -1;
    for (let i = 0; i < free.length; i++) {
      const fits = free[i].byteLength >= bytes;
      if (fits && (best < 0 || free[i].byteLength < free[best].byteLength)) best = i;
    }
    return best;
  }

  return {
    take(width, height) {
      const length = 3 * width * height;
      const found = tightest(4 * length);
      const buffer = found < 0 ? new ArrayBuffer(4 * length) : free.splice(found, 1)[0];
      lent.add(buffer);
      return { width, height, data: new Float32Array(buffer, 0, length) };
    },
    give(image) {
      if (!lent.delete(image.data.buffer)) return;
      free.push(image.data.buffer);
      if (free.length <= mostFree) return;
      const smallest = free.reduce(
        (least, buffer, i) => (buffer.byteLength < free[least].byteLength ? i : least),
        0,
      );
      free.splice(smallest, 1);
    },
  };
}
