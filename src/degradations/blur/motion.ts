import { normalise } from './kernels.js';
import { rotation } from './rotation.js';

/**
 * Weights of a straight, even motion over `length` pixels, in float64, normalised: the line is centred, turned
 * by `theta` radians (clockwise on screen from the columns' direction), and the weight of a pixel is the
 * length of the line within its square.
 */
export function motionWeights(length: number, theta: number): Float64Array {
  const half = length / 2;
  const radius = Math.max(0, Math.ceil(half - 0.5));
  if (radius === 0) return Float64Array.of(1);
  const size = 2 * radius + 1;
  const { cos, sin } = rotation(theta);
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const [left, right] = within((i % size) - radius, cos);
    const [top, bottom] = within(Math.floor(i / size) - radius, sin);
    return Math.max(0, Math.min(half, right, bottom) - Math.max(-half, left, top));
  });
  return normalise(weights);
}

/** From where to where along the line its position in one dimension, t times `slope`, is within `pixel`. */
function within(pixel: number, slope: number): readonly [number, number] {
  if (slope === 0) {
    const everywhere = pixel === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    return [-everywhere, everywhere];
  }
  const one = (pixel - 0.5) / slope;
  const other = (pixel + 0.5) / slope;
  return one < other ? [one, other] : [other, one];
}
