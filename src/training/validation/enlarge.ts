import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Pixels } from '../../images/pixels.js';
import type { Network } from '../../networks/index.js';
import { toFloat } from '../to-float.js';
import { cut, pixels } from './pixels.js';

/** Edge of a tile in lq pixels, and how far the network looks beyond it: memory is bounded by these. */
const TILE = 192;
const PAD = 16;

/**
 * Runs the network on a picture, tile by tile, so that memory does not grow with the picture; the event loop
 * gets its turn between tiles. sr is clamped to [0, 1] and rounded to 8 bits.
 */
export async function enlarge(network: Network, lq: Pixels): Promise<Pixels> {
  const s = network.scale;
  const out = pixels(lq.width * s, lq.height * s);
  for (let y = 0; y < lq.height; y += TILE)
    for (let x = 0; x < lq.width; x += TILE) {
      const tile = surroundings(x, y, lq);
      const sr = forward(network, lq, tile);
      const width = (tile.right - tile.left) * s;
      const columns = Math.min(TILE, lq.width - x) * s;
      for (let row = 0; row < Math.min(TILE, lq.height - y) * s; row++) {
        const from = ((row + (y - tile.top) * s) * width + (x - tile.left) * s) * 3;
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

function surroundings(x: number, y: number, { width, height }: Pixels): Tile {
  return {
    left: Math.max(0, x - PAD),
    top: Math.max(0, y - PAD),
    right: Math.min(width, x + TILE + PAD),
    bottom: Math.min(height, y + TILE + PAD),
  };
}

/** sr of one tile: bytes, RGB interleaved. */
function forward(network: Network, lq: Pixels, tile: Tile): Uint8Array {
  const width = tile.right - tile.left;
  const height = tile.bottom - tile.top;
  const { data } = cut(lq, tile.left, tile.top, width, height);
  const sr = tf.tidy(() => network.forward(toFloat(data, [1, height, width, 3])).dataSync<'float32'>());
  // Clamped bytes round half to even by definition, as the reference does.
  const bytes = new Uint8ClampedArray(sr.length);
  for (let i = 0; i < sr.length; i++) bytes[i] = Math.fround(sr[i]! * 255);
  return new Uint8Array(bytes.buffer);
}
