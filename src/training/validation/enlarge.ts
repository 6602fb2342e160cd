import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Pixels } from '../../images/pixels.js';
import type { Network } from '../../networks/index.js';
import { toFloat } from '../to-float.js';
import { cut, pixels } from './pixels.js';

export interface TileOptions {
  /** Edge of a tile in lq pixels. */
  readonly tile?: number;
  /** How far beyond its tile the network looks, in lq pixels. */
  readonly pad?: number;
}

/**
 * Runs the network on a picture, tile by tile, so that memory does not grow with the picture; the event loop
 * gets its turn between tiles. sr is clamped to [0, 1] and rounded to 8 bits.
 */
export async function enlarge(network: Network, lq: Pixels, options: TileOptions = {}): Promise<Pixels> {
  const { tile = 192, pad = 16 } = options;
  const s = network.scale;
  const out = pixels(lq.width * s, lq.height * s);
  for (let y = 0; y < lq.height; y += tile)
    for (let x = 0; x < lq.width; x += tile) {
      const seen = {
        left: Math.max(0, x - pad),
        top: Math.max(0, y - pad),
        right: Math.min(lq.width, x + tile + pad),
        bottom: Math.min(lq.height, y + tile + pad),
      };
      const sr = await forward(network, lq, seen);
      const width = (seen.right - seen.left) * s;
      const columns = Math.min(tile, lq.width - x) * s;
      for (let row = 0; row < Math.min(tile, lq.height - y) * s; row++) {
        const from = ((row + (y - seen.top) * s) * width + (x - seen.left) * s) * 3;
        out.data.set(sr.subarray(from, from + columns * 3), (y * s + row) * out.stride + x * s * 3);
      }
      await setImmediate();
    }
  return out;
}

interface Tile {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** sr of one tile: bytes, RGB interleaved. */
async function forward(network: Network, lq: Pixels, tile: Tile): Promise<Uint8Array> {
  const width = tile.right - tile.left;
  const height = tile.bottom - tile.top;
  const { data } = cut(lq, tile.left, tile.top, width, height);
  const out = tf.tidy(() => network.forward(toFloat(data, [1, height, width, 3])));
  try {
    const sr = await out.data<'float32'>();
    // Clamped bytes round half to even by definition, as the reference does.
    const bytes = new Uint8ClampedArray(sr.length);
    for (let i = 0; i < sr.length; i++) bytes[i] = Math.fround(sr[i]! * 255);
    return new Uint8Array(bytes.buffer);
  } finally {
    out.dispose();
  }
}
