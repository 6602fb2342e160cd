import { bytesToPlanar, planarToBytes, type Walk, type Window, walkBytes } from '../simd/float/index.js';
import type { FloatImage } from './define.js';

export type { Walk } from '../simd/float/index.js';

/** Interleaved bytes to a planar image, v / 255. */
export function bytesToFloat(bytes: Uint8Array, walk: Walk, image: FloatImage): void {
  bytesToPlanar(bytes, walk, image);
}

/** Interleaved bytes to interleaved RGB bytes, untouched. */
export function copyBytes(
  bytes: Uint8Array,
  walk: Walk,
  width: number,
  height: number,
  out: Uint8Array,
): void {
  walkBytes(bytes, walk, { width, height }, out);
}

/**
 * A window of a planar image to interleaved RGB bytes: times 255 in float32, rounded half to even, clamped
 * (as torch's `(x * 255).round().clamp(0, 255)`).
 */
export function floatToBytes(image: FloatImage, window: Window, out: Uint8Array): void {
  planarToBytes(image, window, out);
}
