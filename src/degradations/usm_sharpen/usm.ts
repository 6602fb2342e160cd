import { combineClamped, differs, mix } from '../../simd/float/index.js';
import { gaussianRow } from '../blur/kernels.js';
import type { FloatImage } from '../define.js';
import { filterSeparable } from '../filter2d.js';

/** Strength, edge of the Gaussian in pixels, and smallest difference (of 255 levels) that is sharpened. */
export interface UsmOptions {
  readonly weight: number;
  readonly radius: number;
  readonly threshold: number;
}

type NewImage = (width: number, height: number) => FloatImage;

/** Edge of the Gaussian: `radius`, made odd (the original calls the edge radius). */
export const usmEdge = (radius: number): number => (radius % 2 === 0 ? radius + 1 : radius);

/** OpenCV's rule for a Gaussian of which only the edge is given; 8 for an edge of 51. */
const sigmaOf = (edge: number): number => 0.3 * ((edge - 1) * 0.5 - 1) + 0.8;

/**
 * Sharpens `image` in place, as BasicSR's USMSharp; a pure function of image and options, so it may as well
 * run once on a whole photograph before it is cut. With G the blur by a Gaussian, r = image - G(image),
 * and m = G(1 where 255 |r| > threshold, else 0):
 *
 *     out = m clip(image + weight r, 0, 1) + (1 - m) image
 *
 * `newImage` lends two images of the same size for scratch, and what the blur needs.
 */
export function sharpen(image: FloatImage, options: UsmOptions, newImage: NewImage): void {
  const { weight, radius, threshold } = options;
  const edge = usmEdge(radius);
  const row = gaussianRow(edge, sigmaOf(edge));
  const { width, height, data } = image;

  const sharp = newImage(width, height);
  sharp.data.set(data);
  filterSeparable(sharp, row, newImage);
  const mask = newImage(width, height);
  differs(mask.data, data, sharp.data, 255, threshold);
  if (mask.data.indexOf(1) < 0) return;
  combineClamped(sharp.data, data, 1 + weight, sharp.data, -weight);
  filterSeparable(mask, row, newImage);
  mix(data, sharp.data, mask.data);
}
