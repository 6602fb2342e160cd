import { setImmediate } from 'node:timers/promises';
import { EsrganError } from '../errors.js';
import type { Pixels } from '../images/pixels.js';
import { reflect } from '../images/reflect.js';
import { enlargedAlpha } from './alpha.js';
import type { Enlarger } from './enlarger.js';
import { planTiles, type Tile, type TileOptions } from './tiles.js';

export interface BandOptions extends TileOptions {
  /** Called after each tile. */
  readonly onTile?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Enlarges a picture and gives it band by band, top to bottom: a row of tiles at a time, so that memory does not
 * grow with the picture's height. Alpha is enlarged bilinearly. A band is valid until the next one is asked for.
 * @throws what `signal` is aborted with
 */
export async function* enlargeBands(
  enlarger: Enlarger,
  image: Pixels,
  options: BandOptions = {},
): AsyncGenerator<Pixels> {
  const { scale, multiple } = enlarger;
  const { rows, windowWidth, windowHeight } = planTiles(image.width, image.height, multiple, options);
  const of = rows.length * rows[0]!.length;
  const width = image.width * scale;
  const stride = width * image.channels;
  const memory = new Uint8Array(stride * rows[0]![0]!.height * scale);
  let done = 0;
  for (const row of rows) {
    const height = row[0]!.height * scale;
    const band: Pixels = {
      data: memory.subarray(0, stride * height),
      width,
      height,
      channels: image.channels,
      stride,
    };
    for (const tile of row) {
      options.signal?.throwIfAborted();
      const seen = window(image, tile, windowWidth, windowHeight);
      const sr = await enlarger.run(seen, windowWidth, windowHeight).catch((cause: unknown) => {
        throw outOfMemory(cause, windowWidth, windowHeight) ?? cause;
      });
      place(sr, tile, windowWidth, scale, band);
      options.onTile?.(++done, of);
      // Engines may compute on this very thread: signals and displays get their turn here.
      await setImmediate();
    }
    if (image.channels === 4) enlargedAlpha(image, row[0]!.y * scale, scale, band);
    yield band;
  }
}

/** What engines say when memory runs out, each in its own words. */
function outOfMemory(cause: unknown, width: number, height: number): EsrganError | undefined {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!/out of memory|allocat|Memory\.grow|OOM|array buffer/i.test(message)) return undefined;
  return new EsrganError('UPSCALE_MEMORY', `memory ran out at a tile of ${width}x${height} pixels`, {
    remedy: 'Use smaller tiles, e.g. half of --tile.',
    cause,
  });
}

/** The RGB of a window, which may reach beyond the picture: there it is mirrored. */
function window(image: Pixels, { left, top }: Tile, width: number, height: number): Uint8Array {
  const { data, stride, channels } = image;
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = reflect(top + y, image.height) * stride;
    for (let x = 0; x < width; x++, to += 3) {
      const from = row + reflect(left + x, image.width) * channels;
      rgb[to] = data[from]!;
      rgb[to + 1] = data[from + 1]!;
      rgb[to + 2] = data[from + 2]!;
    }
  }
  return rgb;
}

/** Puts a tile's part of its enlarged window into a band. */
function place(sr: Uint8Array, tile: Tile, windowWidth: number, scale: number, band: Pixels): void {
  const { channels } = band;
  const columns = tile.width * scale;
  for (let y = 0; y < tile.height * scale; y++) {
    let from = 3 * (((tile.y - tile.top) * scale + y) * windowWidth * scale + (tile.x - tile.left) * scale);
    let to = y * band.stride + tile.x * scale * channels;
    if (channels === 3) band.data.set(sr.subarray(from, from + 3 * columns), to);
    else
      for (let x = 0; x < columns; x++, from += 3, to += 4) {
        band.data[to] = sr[from]!;
        band.data[to + 1] = sr[from + 1]!;
        band.data[to + 2] = sr[from + 2]!;
      }
  }
}

/** The enlarged picture as a whole. */
export async function enlarge(enlarger: Enlarger, image: Pixels, options: BandOptions = {}): Promise<Pixels> {
  const width = image.width * enlarger.scale;
  const height = image.height * enlarger.scale;
  const stride = width * image.channels;
  const data = new Uint8Array(stride * height);
  let y = 0;
  for await (const band of enlargeBands(enlarger, image, options)) {
    data.set(band.data, y * stride);
    y += band.height;
  }
  return { data, width, height, channels: image.channels, stride };
}
