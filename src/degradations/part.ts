import type { FloatImage, Size } from './define.js';

/** A rectangle of an image, in pixels. */
export interface Part extends Size {
  readonly x: number;
  readonly y: number;
}

export const wholeOf = ({ width, height }: Size): Part => ({ x: 0, y: 0, width, height });

/** The part with a margin around it, as far as the image goes. */
export function grown({ x, y, width, height }: Part, margin: number, image: Size): Part {
  const left = Math.max(0, x - margin);
  const top = Math.max(0, y - margin);
  return {
    x: left,
    y: top,
    width: Math.min(image.width, x + width + margin) - left,
    height: Math.min(image.height, y + height + margin) - top,
  };
}

/** Of an image, or of a single plane of one, which has its shape but for the number of values. */
export const planesOf = ({ width, height, data }: FloatImage): number => data.length / (width * height);

/** One plane of an image, in its memory. */
export function planeOf({ width, height, data }: FloatImage, plane: number): FloatImage {
  const area = width * height;
  return { width, height, data: data.subarray(plane * area, (plane + 1) * area) };
}

/** Copies a part into an image of its size. */
export function copyPart(from: FloatImage, { x, y, width, height }: Part, to: FloatImage): void {
  for (let plane = 0; plane < planesOf(from); plane++) {
    for (let row = 0; row < height; row++) {
      const start = (plane * from.height + y + row) * from.width + x;
      to.data.set(from.data.subarray(start, start + width), (plane * height + row) * width);
    }
  }
}
