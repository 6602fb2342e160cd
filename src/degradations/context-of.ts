import { createRng } from '../random/rng.js';
import type { DegradationContext, DegradationTarget, FloatImage } from './define.js';
import { primitivesWith } from './primitives.js';

/**
 * What `apply` has at hand in a run, for trying an operator by itself: images are new ones, and warnings go to
 * `warn`, or nowhere.
 *
 * @example
 * await filmGrain.apply(image, params, contextOf({ scale: 4, gt: image }));
 */
export function contextOf(
  { scale, gt }: DegradationTarget,
  warn: (message: string) => void = () => {},
): DegradationContext {
  const image = (width: number, height: number): FloatImage => ({
    width,
    height,
    data: new Float32Array(3 * width * height),
  });
  return { scale, gt, rng: createRng, image, simd: primitivesWith(image), warn };
}
