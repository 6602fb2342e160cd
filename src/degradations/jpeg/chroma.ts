/** Chroma planes have `stride` samples a row at full resolution. */
export interface Full {
  readonly samples: Uint8Array;
  readonly stride: number;
  readonly height: number;
}

/**
 * Half the width, and half the height if `down` is 2: means whose rounding alternates from column to column, as
 * libjpeg's. An odd last row is repeated. `reduced` gets stride / 2 samples a row.
 */
export function reduceChroma({ samples, stride, height }: Full, down: 1 | 2, reduced: Uint8Array): void {
  const width = stride >> 1;
  const rows = Math.ceil(height / down);
  for (let y = 0, to = 0; y < rows; y++) {
    const a = y * down * stride;
    if (down === 1) {
      for (let x = 0; x < width; x++, to++) {
        reduced[to] = (samples[a + 2 * x] + samples[a + 2 * x + 1] + (x & 1)) >> 1;
      }
      continue;
    }
    const b = Math.min(2 * y + 1, height - 1) * stride;
    for (let x = 0, at = 0; x < width; x++, at += 2, to++) {
      const sum = samples[a + at] + samples[a + at + 1] + samples[b + at] + samples[b + at + 1];
      reduced[to] = (sum + 1 + (x & 1)) >> 2;
    }
  }
}

/** Sums of two rows of reduced chroma, three parts the near and one the far. */
let sums = new Int32Array(0);

/**
 * Back to full resolution as libjpeg's "fancy upsampling": weights 3/4 and 1/4 in each halved direction. `width` is
 * the number of reduced samples that belong to the image; with one or two libjpeg repeats them instead.
 */
export function enlargeChroma(reduced: Uint8Array, full: Full, width: number, down: 1 | 2): void {
  const { samples, stride, height } = full;
  const reducedStride = stride >> 1;
  const last = Math.ceil(height / down) - 1;
  if (sums.length < width) sums = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    const row = down === 1 ? y : y >> 1;
    const from = row * reducedStride;
    const to = y * stride;
    if (width <= 2) {
      for (let x = 0; x < 2 * width; x++) samples[to + x] = reduced[from + (x >> 1)];
    } else if (down === 1) {
      enlargeRow(reduced, from, width, samples, to);
    } else {
      const other = Math.min(last, Math.max(0, y & 1 ? row + 1 : row - 1)) * reducedStride;
      for (let x = 0; x < width; x++) sums[x] = 3 * reduced[from + x] + reduced[other + x];
      enlargeSums(width, samples, to);
    }
  }
}

function enlargeRow(from: Uint8Array, at: number, width: number, out: Uint8Array, to: number): void {
  const end = width - 1;
  for (let x = 0; x < width; x++) {
    const value = 3 * from[at + x];
    out[to + 2 * x] = x === 0 ? from[at] : (value + from[at + x - 1] + 1) >> 2;
    out[to + 2 * x + 1] = x === end ? from[at + end] : (value + from[at + x + 1] + 2) >> 2;
  }
}

function enlargeSums(width: number, out: Uint8Array, to: number): void {
  const end = width - 1;
  for (let x = 0; x < width; x++) {
    const value = sums[x];
    out[to + 2 * x] = (3 * value + (x === 0 ? value : sums[x - 1]) + 8) >> 4;
    out[to + 2 * x + 1] = (3 * value + (x === end ? value : sums[x + 1]) + 7) >> 4;
  }
}
