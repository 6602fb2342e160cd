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

/** A row of reduced chroma, or three parts of one and a part of its neighbour; both ends are repeated. */
let line = new Int32Array(0);

/**
 * Back to full resolution as libjpeg's "fancy upsampling": weights 3/4 and 1/4 in each halved direction. `width` is
 * the number of reduced samples that belong to the image; with one or two libjpeg repeats them instead.
 */
export function enlargeChroma(reduced: Uint8Array, full: Full, width: number, down: 1 | 2): void {
  const { samples, stride, height } = full;
  const reducedStride = stride >> 1;
  const last = Math.ceil(height / down) - 1;
  if (line.length < width + 2) line = new Int32Array(width + 2);
  for (let y = 0; y < height; y++) {
    const row = down === 1 ? y : y >> 1;
    const near = row * reducedStride;
    const far = Math.min(last, Math.max(0, y & 1 ? row + 1 : row - 1)) * reducedStride;
    const to = y * stride;
    if (width <= 2) {
      for (let x = 0; x < 2 * width; x++) samples[to + x] = reduced[near + (x >> 1)];
    } else if (down === 1) {
      for (let x = 0; x < width; x++) line[x + 1] = reduced[near + x];
      enlargeLine(width, samples, to, 1, 2, 2);
    } else {
      for (let x = 0; x < width; x++) line[x + 1] = 3 * reduced[near + x] + reduced[far + x];
      enlargeLine(width, samples, to, 8, 7, 4);
    }
  }
}

/** Two samples from each; `left` and `right` are what is added before `bits` are cut off. */
function enlargeLine(
  width: number,
  out: Uint8Array,
  to: number,
  left: number,
  right: number,
  bits: number,
): void {
  line[0] = line[1];
  line[width + 1] = line[width];
  for (let x = 1; x <= width; x++, to += 2) {
    const value = 3 * line[x];
    out[to] = (value + line[x - 1] + left) >> bits;
    out[to + 1] = (value + line[x + 1] + right) >> bits;
  }
}
