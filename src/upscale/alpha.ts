import type { Pixels } from '../images/pixels.js';

/**
 * Fills the alpha of a band with that of the picture, enlarged bilinearly (pixel centres at half steps, as
 * cv2.resize with INTER_LINEAR, with which Real-ESRGAN enlarges it).
 * @param top the band's first row in the enlarged picture
 */
export function enlargedAlpha(image: Pixels, top: number, scale: number, band: Pixels): void {
  const columns = Array.from({ length: band.width }, (_, x) => neighbours(x, scale, image.width));
  for (let y = 0; y < band.height; y++) {
    const [y0, y1, v] = neighbours(top + y, scale, image.height);
    const upper = y0 * image.stride + 3;
    const lower = y1 * image.stride + 3;
    let to = y * band.stride + 3;
    for (const [x0, x1, u] of columns) {
      const above = mix(image.data[upper + 4 * x0]!, image.data[upper + 4 * x1]!, u);
      const below = mix(image.data[lower + 4 * x0]!, image.data[lower + 4 * x1]!, u);
      band.data[to] = Math.round(mix(above, below, v));
      to += 4;
    }
  }
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** The two places between which an enlarged one lies, and how far it is from the first. */
function neighbours(at: number, scale: number, length: number): [number, number, number] {
  const place = Math.min(length - 1, Math.max(0, (at + 0.5) / scale - 0.5));
  const first = Math.floor(place);
  return [first, Math.min(first + 1, length - 1), place - first];
}
