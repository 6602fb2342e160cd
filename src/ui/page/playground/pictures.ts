import type { Shot } from '../../playground/wire.js';

const MOST = 240;
const kept = new Map<string, HTMLCanvasElement>();

/** The pixels of a shot, ready to be drawn. */
export function pictureOf({ hash }: Shot): HTMLCanvasElement | undefined {
  const canvas = kept.get(hash);
  if (canvas) {
    kept.delete(hash);
    kept.set(hash, canvas);
  }
  return canvas;
}

/** Hashes of the pictures that need not be sent again. */
export const known = (): string[] => [...kept.keys()];

export function keep({ hash, width, height }: Shot, rgb: Uint8Array | undefined): void {
  if (!rgb || kept.has(hash)) return;
  const pixels = new ImageData(width, height);
  const { data } = pixels;
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from];
    data[to + 1] = rgb[from + 1];
    data[to + 2] = rgb[from + 2];
    data[to + 3] = 255;
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  kept.set(hash, canvas);
  for (const oldest of kept.keys()) if (kept.size > MOST) kept.delete(oldest);
}
