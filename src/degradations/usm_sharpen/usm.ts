import { markDetail, mixSharp } from '../../simd/float/index.js';
import { gaussianRow } from '../blur/kernels.js';
import type { FloatImage } from '../define.js';
import { filterPart } from '../filter2d.js';
import { grown, type Part, planeOf, wholeOf } from '../part.js';

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

/** Lends the images of the last round again, each once a round: two of the same size may be needed side by side. */
function inRounds(newImage: NewImage): () => NewImage {
  const lent: FloatImage[] = [];
  return () => {
    const free = new Set(lent);
    return (width, height) => {
      for (const image of free) {
        if (image.width !== width || image.height !== height) continue;
        free.delete(image);
        return image;
      }
      lent.push(newImage(width, height));
      return lent[lent.length - 1];
    };
  };
}

/**
 * Sharpens `image` in place, as BasicSR's USMSharp; a pure function of image and options, so it may as well
 * run once on a whole photograph before it is cut. With G the blur by a Gaussian, r = image - G(image),
 * and m = G(1 where 255 |r| > threshold, else 0):
 *
 *     out = m clip(image + weight r, 0, 1) + (1 - m) image
 *
 * Only `part` of the image is sharpened, which all of it is by default; around it the image counts up to twice the
 * Gaussian's radius away. `newImage` lends images for scratch.
 */
export function sharpen(
  image: FloatImage,
  { weight, radius, threshold }: UsmOptions,
  newImage: NewImage,
  part: Part = wholeOf(image),
): void {
  const edge = usmEdge(radius);
  const row = gaussianRow(edge, sigmaOf(edge));
  const around = grown(part, edge >> 1, image);
  const three = newImage(around.width, around.height);
  const round = inRounds(newImage);
  const [soft, detail, room] = [0, 1, 2].map((i) => planeOf(three, i));
  const mask = { ...part, data: room.data.subarray(0, part.width * part.height) };
  const inside = { ...part, x: part.x - around.x, y: part.y - around.y };
  // Plane by plane, and in the same memory, so that most of it stays in the cache.
  for (let p = 0; p < 3; p++) {
    const plane = planeOf(image, p);
    const job = { image: plane, soft: { ...around, data: soft.data } };
    filterPart(plane, row, around, soft, round());
    if (!markDetail(job, detail.data, 255, threshold)) continue;
    filterPart(detail, row, inside, mask, round());
    mixSharp(job, mask, weight);
  }
}
