import type { Walk } from '../../degradations/convert.js';
import type { Size } from '../../degradations/define.js';
import type { Pixels } from '../../images/pixels.js';

/** A rectangle of an oriented crop, in gt pixels. */
export interface Region extends Size {
  readonly x: number;
  readonly y: number;
}

/** One of the eight orientations, as BasicSR's augment: hflip, then vflip, then rot90 (rows become columns). */
export interface Orientation {
  readonly hflip: boolean;
  readonly vflip: boolean;
  readonly rot90: boolean;
}

const trimmed = (length: number, scale: number): number => length - (length % scale);

/** Size of a crop that was trimmed (right, bottom) to a multiple of scale and then oriented. */
export function orientedSize(crop: Size, scale: number, rot90: boolean): Size {
  const width = trimmed(crop.width, scale);
  const height = trimmed(crop.height, scale);
  return rot90 ? { width: height, height: width } : { width, height };
}

/** The window with a margin of at least `reach` pixels on the lq grid, as far as the image goes. */
export function regionAround(window: Region, reach: number, whole: Size, scale: number): Region {
  const margin = Math.ceil(reach / scale) * scale;
  const x = Math.max(0, window.x - margin);
  const y = Math.max(0, window.y - margin);
  return {
    x,
    y,
    width: Math.min(whole.width, window.x + window.width + margin) - x,
    height: Math.min(whole.height, window.y + window.height + margin) - y,
  };
}

/** The same window, counted from the corner of a region around it. */
export const within = (window: Region, region: Region): Region => ({
  x: window.x - region.x,
  y: window.y - region.y,
  width: window.width,
  height: window.height,
});

/** Where a window of `region` lies in an image of that region at another size, to the nearest pixel. */
export function partOf(region: Region, window: Region, { width, height }: Size): Region {
  const across = width / region.width;
  const down = height / region.height;
  const x = Math.min(width - 1, Math.round((window.x - region.x) * across));
  const y = Math.min(height - 1, Math.round((window.y - region.y) * down));
  return {
    x,
    y,
    width: Math.min(width - x, Math.max(1, Math.round(window.width * across))),
    height: Math.min(height - y, Math.max(1, Math.round(window.height * down))),
  };
}

/** How to read a region of the trimmed and oriented crop out of the crop's own bytes. */
export function walkThrough(crop: Pixels, scale: number, turn: Orientation, region: Region): Walk {
  const across = turn.hflip ? -crop.channels : crop.channels;
  const down = turn.vflip ? -crop.stride : crop.stride;
  const right = turn.hflip ? (trimmed(crop.width, scale) - 1) * crop.channels : 0;
  const bottom = turn.vflip ? (trimmed(crop.height, scale) - 1) * crop.stride : 0;
  const dx = turn.rot90 ? down : across;
  const dy = turn.rot90 ? across : down;
  return { origin: right + bottom + region.x * dx + region.y * dy, dx, dy };
}
