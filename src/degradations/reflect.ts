import { reflectPlanes } from '../simd/float/index.js';
import type { FloatImage } from './define.js';

export { reflected } from '../simd/float/index.js';

/** Writes `image` into the larger `padded` with a reflected border of `radius` pixels on each side. */
export function reflectInto(image: FloatImage, padded: FloatImage, radius: number): void {
  const { width, height } = image;
  reflectPlanes(image.data, padded.data, { width, height, planes: 3, across: radius, down: radius });
}
