import sharp from 'sharp';
import type { Pixels } from '../../images/pixels.js';
import { captionSvg } from './caption.js';
import { cut } from './pixels.js';

export interface Panel {
  readonly image: Pixels;
  readonly caption: string;
}

export interface Detail {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels that one of a detail takes, in both directions. */
export const ZOOM = 3;
const GAP = 8;
const CAPTION = 28;

/**
 * The `width` x `height` window in which two images differ most: where a method has most to gain, and where
 * looking pays.
 */
export function mostDifferent(a: Pixels, b: Pixels, width: number, height: number): Detail {
  const w = a.width + 1;
  const sums = new Float64Array(w * (a.height + 1));
  for (let y = 0; y < a.height; y++)
    for (let x = 0, row = 0; x < a.width; x++) {
      for (let c = 0; c < 3; c++)
        row += (a.data[y * a.stride + x * a.channels + c]! - b.data[y * b.stride + x * b.channels + c]!) ** 2;
      sums[(y + 1) * w + x + 1] = sums[y * w + x + 1]! + row;
    }
  let best = { x: 0, y: 0, width, height };
  let most = -1;
  for (let y = 0; y + height <= a.height; y++)
    for (let x = 0; x + width <= a.width; x++) {
      const bottom = (y + height) * w;
      const sum = sums[bottom + x + width]! - sums[bottom + x]! - sums[y * w + x + width]! + sums[y * w + x]!;
      if (sum > most) {
        most = sum;
        best = { x, y, width, height };
      }
    }
  return best;
}

/** Where the panels of a `sideBySide` picture of so many pixels lie, without their captions. */
export function panelsOf(width: number, height: number, panels: number): Detail[] {
  const each = Math.round((width - GAP) / panels) - GAP;
  return Array.from({ length: panels }, (_, i) => ({
    x: GAP + i * (each + GAP),
    y: GAP + CAPTION,
    width: each,
    height: height - CAPTION - 2 * GAP,
  }));
}

/**
 * A PNG of the same detail of several images of one size, side by side with captions; every pixel is
 * repeated `zoom` times, so that nothing is smoothed.
 */
export async function sideBySide(panels: readonly Panel[], detail: Detail, zoom: number): Promise<Buffer> {
  const width = detail.width * zoom;
  const height = detail.height * zoom;
  const layers = await Promise.all(
    panels.map(async ({ image, caption }, i) => {
      const left = GAP + i * (width + GAP);
      const enlarged = await sharp(cut(image, detail.x, detail.y, detail.width, detail.height).data, {
        raw: { width: detail.width, height: detail.height, channels: 3 },
      })
        .resize(width, height, { kernel: 'nearest', fit: 'fill' })
        .png()
        .toBuffer();
      return [
        { input: Buffer.from(captionSvg(caption, width, CAPTION)), left, top: GAP },
        { input: enlarged, left, top: GAP + CAPTION },
      ];
    }),
  );
  return sharp({
    create: {
      width: GAP + panels.length * (width + GAP),
      height: height + CAPTION + 2 * GAP,
      channels: 3,
      background: '#202020',
    },
  })
    .composite(layers.flat())
    .png()
    .toBuffer();
}
