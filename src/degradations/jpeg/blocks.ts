import { forwardInteger, inverseInteger } from './islow.js';

const block = new Int32Array(64);
const inverses = new Float64Array(64);

/**
 * Compresses and decodes a plane of 8-bit samples in place; both sides are multiples of 8. Coefficients are rounded to
 * the nearest multiple of their step, halves away from 0.
 */
export function compressPlane(samples: Uint8Array, stride: number, rows: number, steps: Int32Array): void {
  for (let i = 0; i < 64; i++) inverses[i] = 1 / (steps[i] << 3);
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
  for (let i = 0; i < 64; i++) {
    const value = block[i];
    // A little more than one half: the quotient of a tie must not fall below it by rounding.
    const level = (value * inverses[i] + (value < 0 ? -0.500001 : 0.500001)) | 0;
    if (level !== 0) {
      if (i > 7) busy |= 1 << (i & 7);
      else if (i > 0) top = 1;
    }
    block[i] = Math.imul(level, steps[i]);
  }
  if (busy === 0 && top === 0) fillBlock(samples, corner, stride, (block[0] + 4) >> 3);
  else decodeBlock(samples, corner, stride, busy);
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
