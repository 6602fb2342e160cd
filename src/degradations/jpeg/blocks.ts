import { forwardInteger, inverseInteger } from './islow.js';

const block = new Int32Array(64);
const inverses = new Float64Array(64);

/** Lifts ties just above one half; the next quotients are at least 1 / 2040 away. */
const awayFromZero = 1 + 2 ** -30;

/** Adding and subtracting this rounds a double to a whole number, without a branch for its sign. */
const noFraction = 2 ** 52 + 2 ** 51;

/** What a coefficient is multiplied with before it is rounded to the multiple of its step. */
export const factorsOf = (steps: Int32Array): Float64Array =>
  Float64Array.from(steps, (step) => awayFromZero / (step << 3));

/**
 * Compresses and decodes a plane of 8-bit samples in place; both sides are multiples of 8. Coefficients are rounded to
 * the nearest multiple of their step, halves away from 0.
 */
export function compressPlane(samples: Uint8Array, stride: number, rows: number, steps: Int32Array): void {
  inverses.set(factorsOf(steps));
  for (let top = 0; top < rows * stride; top += 8 * stride) {
    for (let corner = top; corner < top + stride; corner += 8) compressBlock(samples, corner, stride, steps);
  }
}

function compressBlock(samples: Uint8Array, corner: number, stride: number, steps: Int32Array): void {
  for (let y = 0, at = corner; y < 64; y += 8, at += stride) {
    for (let x = 0; x < 8; x++) block[y + x] = samples[at + x] - 128;
    forwardInteger(block, y, 1, 11);
  }
  for (let x = 0; x < 8; x++) forwardInteger(block, x, 8, 15);
  // Bit x of `busy` says that column x has more than its top coefficient.
  let busy = 0;
  let top = 0;
  for (let x = 0; x < 8; x++) {
    const first = quantise(x, steps);
    let below = 0;
    for (let i = x + 8; i < 64; i += 8) below |= quantise(i, steps);
    if (below !== 0) busy |= 1 << x;
    if (x > 0) top |= first;
  }
  if (busy === 0 && top === 0) fillBlock(samples, corner, stride, (block[0] + 4) >> 3);
  else decodeBlock(samples, corner, stride, busy);
}

/** Coefficient i to the nearest multiple of its step; returns which multiple. */
function quantise(i: number, steps: Int32Array): number {
  const level = (block[i] * inverses[i] + noFraction - noFraction) | 0;
  block[i] = Math.imul(level, steps[i]);
  return level;
}

function decodeBlock(samples: Uint8Array, corner: number, stride: number, busy: number): void {
  for (let x = 0; x < 8; x++) {
    if (busy & (1 << x)) inverseInteger(block, x, 8, 11);
    else for (let i = x + 56, value = block[x] << 2; i >= 0; i -= 8) block[i] = value;
  }
  for (let y = 0, at = corner; y < 64; y += 8, at += stride) {
    inverseInteger(block, y, 1, 18);
    for (let x = 0; x < 8; x++) samples[at + x] = toByte(block[y + x]);
  }
}

/** A block with nothing but its mean; the same as a whole decode. */
function fillBlock(samples: Uint8Array, corner: number, stride: number, mean: number): void {
  const value = toByte(mean);
  for (let y = 0, at = corner; y < 8; y++, at += stride) samples.fill(value, at, at + 8);
}

function toByte(value: number): number {
  if (value > 127) return 255;
  return value < -128 ? 0 : value + 128;
}
