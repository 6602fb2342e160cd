/**
 * Discrete Fourier transforms of complex columns, four columns side by side, and filters by them. Element i of the
 * columns lies at 32 i bytes: four real parts, four imaginary parts. There are 4^k or 2 * 4^k elements.
 *
 * Forward transforms leave the frequencies in the order in which they arise, backward ones take them in it (Gentleman
 * and Sande, Cooley and Tukey). Twiddles: for each step forwards, for each j the cosines and negative sines of the
 * angles 2 pi j / n, and for a step of four also of 2 and 3 times that.
 *
 * A real filter does not mix real and imaginary parts, so that each carries an image of its own. The filters are
 * symmetric: their spectra are real.
 */

const ELEMENT: usize = 32;
const ZERO = f32x4.splat(0);

@inline
function storeProduct(at: usize, real: v128, imaginary: v128, w: usize): void {
  const c = v128.load32_splat(w);
  const s = v128.load32_splat(w, 4);
  v128.store(at, f32x4.sub(f32x4.mul(real, c), f32x4.mul(imaginary, s)));
  v128.store(at, f32x4.add(f32x4.mul(real, s), f32x4.mul(imaginary, c)), 16);
}

function forwardTwo(base: usize, half: usize, w: usize): void {
  for (const end = base + half; base < end; base += ELEMENT) {
    const q = base + half;
    const ar = v128.load(base);
    const ai = v128.load(base, 16);
    const br = v128.load(q);
    const bi = v128.load(q, 16);
    v128.store(base, f32x4.add(ar, br));
    v128.store(base, f32x4.add(ai, bi), 16);
    storeProduct(q, f32x4.sub(ar, br), f32x4.sub(ai, bi), w);
    w += 8;
  }
}

function forwardFour(base: usize, quarter: usize, w: usize): void {
  for (const end = base + quarter; base < end; base += ELEMENT) {
    const p1 = base + quarter;
    const p2 = p1 + quarter;
    const p3 = p2 + quarter;
    const ar = v128.load(base);
    const cr = v128.load(p2);
    const br = v128.load(p1);
    const dr = v128.load(p3);
    const sr = f32x4.add(ar, cr);
    const tr = f32x4.add(br, dr);
    const ur = f32x4.sub(ar, cr);
    const vr = f32x4.sub(br, dr);
    v128.store(base, f32x4.add(sr, tr));
    const ai = v128.load(base, 16);
    const ci = v128.load(p2, 16);
    const bi = v128.load(p1, 16);
    const di = v128.load(p3, 16);
    const si = f32x4.add(ai, ci);
    const ti = f32x4.add(bi, di);
    const ui = f32x4.sub(ai, ci);
    const vi = f32x4.sub(bi, di);
    v128.store(base, f32x4.add(si, ti), 16);
    storeProduct(p1, f32x4.add(ur, vi), f32x4.sub(ui, vr), w);
    storeProduct(p2, f32x4.sub(sr, tr), f32x4.sub(si, ti), w + 8);
    storeProduct(p3, f32x4.sub(ur, vi), f32x4.add(ui, vr), w + 16);
    w += 24;
  }
}

/** All steps but the last one. Returns the twiddles behind those of the steps. */
function forward(base: usize, size: usize, w: usize): usize {
  const end = base + size * ELEMENT;
  let n = size;
  if (ctz(size) & 1) {
    n >>= 1;
    forwardTwo(base, n * ELEMENT, w);
    w += n << 3;
  }
  for (; n > 4; n >>= 2) {
    const step = n * ELEMENT;
    for (let p = base; p < end; p += step) forwardFour(p, step >> 2, w);
    w += (n >> 2) * 24;
  }
  return w;
}

/** Loads a product with the conjugate of a twiddle: its real part, and its imaginary part. */
@inline
function realProduct(real: v128, imaginary: v128, c: v128, s: v128): v128 {
  return f32x4.add(f32x4.mul(real, c), f32x4.mul(imaginary, s));
}

@inline
function imaginaryProduct(real: v128, imaginary: v128, c: v128, s: v128): v128 {
  return f32x4.sub(f32x4.mul(imaginary, c), f32x4.mul(real, s));
}

function backwardTwo(base: usize, half: usize, w: usize): void {
  for (const end = base + half; base < end; base += ELEMENT) {
    const q = base + half;
    const c = v128.load32_splat(w);
    const s = v128.load32_splat(w, 4);
    const r = v128.load(q);
    const i = v128.load(q, 16);
    const br = realProduct(r, i, c, s);
    const bi = imaginaryProduct(r, i, c, s);
    const ar = v128.load(base);
    const ai = v128.load(base, 16);
    v128.store(base, f32x4.add(ar, br));
    v128.store(base, f32x4.add(ai, bi), 16);
    v128.store(q, f32x4.sub(ar, br));
    v128.store(q, f32x4.sub(ai, bi), 16);
    w += 8;
  }
}

function backwardFour(base: usize, quarter: usize, w: usize): void {
  for (const end = base + quarter; base < end; base += ELEMENT) {
    const p1 = base + quarter;
    const p2 = p1 + quarter;
    const p3 = p2 + quarter;
    const c2 = v128.load32_splat(w, 8);
    const s2 = v128.load32_splat(w, 12);
    const r2 = v128.load(p2);
    const i2 = v128.load(p2, 16);
    const er = realProduct(r2, i2, c2, s2);
    const ei = imaginaryProduct(r2, i2, c2, s2);
    const ar = v128.load(base);
    const ai = v128.load(base, 16);
    const sr = f32x4.add(ar, er);
    const si = f32x4.add(ai, ei);
    const ur = f32x4.sub(ar, er);
    const ui = f32x4.sub(ai, ei);
    const c1 = v128.load32_splat(w);
    const s1 = v128.load32_splat(w, 4);
    const r1 = v128.load(p1);
    const i1 = v128.load(p1, 16);
    const br = realProduct(r1, i1, c1, s1);
    const bi = imaginaryProduct(r1, i1, c1, s1);
    const c3 = v128.load32_splat(w, 16);
    const s3 = v128.load32_splat(w, 20);
    const r3 = v128.load(p3);
    const i3 = v128.load(p3, 16);
    const dr = realProduct(r3, i3, c3, s3);
    const di = imaginaryProduct(r3, i3, c3, s3);
    const tr = f32x4.add(br, dr);
    const ti = f32x4.add(bi, di);
    const vr = f32x4.sub(br, dr);
    const vi = f32x4.sub(bi, di);
    v128.store(base, f32x4.add(sr, tr));
    v128.store(base, f32x4.add(si, ti), 16);
    v128.store(p1, f32x4.sub(ur, vi));
    v128.store(p1, f32x4.add(ui, vr), 16);
    v128.store(p2, f32x4.sub(sr, tr));
    v128.store(p2, f32x4.sub(si, ti), 16);
    v128.store(p3, f32x4.add(ur, vi));
    v128.store(p3, f32x4.sub(ui, vr), 16);
    w += 24;
  }
}

/** All steps but the first one; `w` is what `forward` returned. */
function backward(base: usize, size: usize, w: usize): void {
  const end = base + size * ELEMENT;
  const whole = ctz(size) & 1 ? size >> 1 : size;
  for (let n: usize = 16; n <= whole; n <<= 2) {
    w -= (n >> 2) * 24;
    const step = n * ELEMENT;
    for (let p = base; p < end; p += step) backwardFour(p, step >> 2, w);
  }
  if (whole < size) backwardTwo(base, whole * ELEMENT, w - (whole << 3));
}

/**
 * A step of four elements without twiddles: the last one forwards, with `one` at 32 and `three` at 96, or the first one
 * backwards, where the second and the fourth result change places.
 */
@inline
function plainFour(p: usize, one: usize, three: usize): void {
  const ar = v128.load(p);
  const br = v128.load(p, 32);
  const cr = v128.load(p, 64);
  const dr = v128.load(p, 96);
  const sr = f32x4.add(ar, cr);
  const tr = f32x4.add(br, dr);
  const ur = f32x4.sub(ar, cr);
  const vr = f32x4.sub(br, dr);
  v128.store(p, f32x4.add(sr, tr));
  v128.store(p, f32x4.sub(sr, tr), 64);
  const ai = v128.load(p, 16);
  const bi = v128.load(p, 48);
  const ci = v128.load(p, 80);
  const di = v128.load(p, 112);
  const si = f32x4.add(ai, ci);
  const ti = f32x4.add(bi, di);
  const ui = f32x4.sub(ai, ci);
  const vi = f32x4.sub(bi, di);
  v128.store(p, f32x4.add(si, ti), 16);
  v128.store(p, f32x4.sub(si, ti), 80);
  v128.store(p + one, f32x4.add(ur, vi));
  v128.store(p + one, f32x4.sub(ui, vr), 16);
  v128.store(p + three, f32x4.sub(ur, vi));
  v128.store(p + three, f32x4.add(ui, vr), 16);
}

/** Four elements through the last step forwards, a product with four factors, and the first step backwards. */
@inline
function middleFour(p: usize, f0: v128, f1: v128, f2: v128, f3: v128): void {
  const ar = v128.load(p);
  const cr = v128.load(p, 64);
  const br = v128.load(p, 32);
  const dr = v128.load(p, 96);
  const sr = f32x4.add(ar, cr);
  const tr = f32x4.add(br, dr);
  const ur = f32x4.sub(ar, cr);
  const vr = f32x4.sub(br, dr);
  const xr = f32x4.mul(f32x4.add(sr, tr), f0);
  const zr = f32x4.mul(f32x4.sub(sr, tr), f2);
  const ai = v128.load(p, 16);
  const ci = v128.load(p, 80);
  const bi = v128.load(p, 48);
  const di = v128.load(p, 112);
  const si = f32x4.add(ai, ci);
  const ti = f32x4.add(bi, di);
  const ui = f32x4.sub(ai, ci);
  const vi = f32x4.sub(bi, di);
  const xi = f32x4.mul(f32x4.add(si, ti), f0);
  const zi = f32x4.mul(f32x4.sub(si, ti), f2);
  const yr = f32x4.mul(f32x4.add(ur, vi), f1);
  const yi = f32x4.mul(f32x4.sub(ui, vr), f1);
  const wr = f32x4.mul(f32x4.sub(ur, vi), f3);
  const wi = f32x4.mul(f32x4.add(ui, vr), f3);
  const er = f32x4.add(xr, zr);
  const gr = f32x4.add(yr, wr);
  v128.store(p, f32x4.add(er, gr));
  v128.store(p, f32x4.sub(er, gr), 64);
  const ei = f32x4.add(xi, zi);
  const gi = f32x4.add(yi, wi);
  v128.store(p, f32x4.add(ei, gi), 16);
  v128.store(p, f32x4.sub(ei, gi), 80);
  const hr = f32x4.sub(xr, zr);
  const ki = f32x4.sub(yi, wi);
  v128.store(p, f32x4.sub(hr, ki), 32);
  v128.store(p, f32x4.add(hr, ki), 96);
  const hi = f32x4.sub(xi, zi);
  const kr = f32x4.sub(yr, wr);
  v128.store(p, f32x4.add(hi, kr), 48);
  v128.store(p, f32x4.sub(hi, kr), 112);
}

/** The steps in the middle, with a product by the spectrum between them: one factor for the four of each element. */
function middle(base: usize, size: usize, spectrum: usize): void {
  for (const end = base + size * ELEMENT; base < end; base += 4 * ELEMENT) {
    middleFour(
      base,
      v128.load32_splat(spectrum), v128.load32_splat(spectrum, 4),
      v128.load32_splat(spectrum, 8), v128.load32_splat(spectrum, 12),
    );
    spectrum += 16;
  }
}

/** The same with four factors for each element. */
function middleTiles(base: usize, size: usize, spectrum: usize): void {
  for (const end = base + size * ELEMENT; base < end; base += 4 * ELEMENT) {
    middleFour(base, v128.load(spectrum), v128.load(spectrum, 16), v128.load(spectrum, 32), v128.load(spectrum, 48));
    spectrum += 64;
  }
}

/** Where a reflection at the first and last position (neither repeated) leads to, however far outside. */
@inline
function reflected(position: i32, length: i32): i32 {
  let at = position;
  while (at < 0 || at >= length) at = length == 1 ? 0 : at < 0 ? -at : 2 * (length - 1) - at;
  return at;
}

@inline
function storeSome(at: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, value);
    return;
  }
  f32.store(at, f32x4.extract_lane(value, 0));
  if (count > 1) f32.store(at, f32x4.extract_lane(value, 1), 4);
  if (count > 2) f32.store(at, f32x4.extract_lane(value, 2), 8);
}

/** Four columns of `count` values, 32 bytes from row to row, as four rows. */
function storeTurned(p: usize, count: i32, out: usize, outRow: i32): void {
  for (let y = 0; y < count; y += 4) {
    const p0 = v128.load(p);
    const p1 = v128.load(p, 32);
    const p2 = v128.load(p, 64);
    const p3 = v128.load(p, 96);
    const a = v128.shuffle<f32>(p0, p1, 0, 4, 1, 5);
    const b = v128.shuffle<f32>(p2, p3, 0, 4, 1, 5);
    const c = v128.shuffle<f32>(p0, p1, 2, 6, 3, 7);
    const d = v128.shuffle<f32>(p2, p3, 2, 6, 3, 7);
    const left = count - y;
    storeSome(out, v128.shuffle<f64>(a, b, 0, 2), left);
    storeSome(out + outRow, v128.shuffle<f64>(a, b, 1, 3), left);
    storeSome(out + 2 * outRow, v128.shuffle<f64>(c, d, 0, 2), left);
    storeSome(out + 3 * outRow, v128.shuffle<f64>(c, d, 1, 3), left);
    p += 128;
    out += 16;
  }
}

let any: bool = false;

/** Eight columns of rows that follow one another, the first four as real parts; tells `any` of values that are not 0. */
function loadRows(p: usize, rowBytes: i32, count: i32, to: usize): void {
  let bits = ZERO;
  for (const end = to + count * <i32>ELEMENT; to < end; to += ELEMENT) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    bits = v128.or(bits, v128.or(a, b));
    v128.store(to, a);
    v128.store(to, b, 16);
    p += rowBytes;
  }
  if (v128.any_true(bits)) any = true;
}

/** `size` rows from `first` on, reflected. */
function loadColumns(source: usize, rowBytes: i32, length: i32, first: i32, size: i32, to: usize): void {
  any = false;
  const inside = max(0, min(size, -first));
  const behind = max(inside, min(size, length - first));
  for (let i = 0; i < inside; i++)
    loadRows(source + reflected(first + i, length) * rowBytes, 0, 1, to + i * <i32>ELEMENT);
  loadRows(source + (first + inside) * rowBytes, rowBytes, behind - inside, to + inside * <i32>ELEMENT);
  for (let i = behind; i < size; i++)
    loadRows(source + reflected(first + i, length) * rowBytes, 0, 1, to + i * <i32>ELEMENT);
}

/**
 * Filters `width` columns (at least 8), reflected at the first and last of `length` rows, with a row of 2 `radius` + 1
 * weights whose spectrum has `size` factors, one for each element; column x becomes row x of the output, with `height`
 * values. `scratch`: 32 `size` bytes and 128 more.
 */
export function filterColumns(
  source: usize, rowBytes: i32, length: i32, width: i32, first: i32, height: i32, radius: i32,
  spectrum: usize, twiddles: usize, size: i32, out: usize, outRow: i32, scratch: usize,
): void {
  const useful = size - 2 * radius;
  for (let x = 0; x < width; x += 8) {
    const left = min(x, width - 8);
    const row = out + left * outRow;
    for (let y = 0; y < height; y += useful) {
      const count = min(useful, height - y);
      // Masks have large areas without anything.
      loadColumns(source + (left << 2), rowBytes, length, first + y - radius, size, scratch);
      if (!any) {
        for (let i = 0; i < 8; i++) memory.fill(row + i * outRow + (y << 2), 0, count << 2);
        continue;
      }
      const w = forward(scratch, size, twiddles);
      middle(scratch, size, spectrum);
      backward(scratch, size, w);
      const from = scratch + radius * <i32>ELEMENT;
      storeTurned(from, count, row + (y << 2), outRow);
      storeTurned(from + 16, count, row + (y << 2) + 4 * outRow, outRow);
    }
  }
}

/** Rows of tiles: blocks of four columns, each of `size` elements. */
@inline
function loadBlock(a: usize, b: usize, rowBytes: i32, size: usize, to: usize): void {
  for (const end = to + size * ELEMENT; to < end; to += ELEMENT) {
    v128.store(to, v128.load(a));
    v128.store(to, v128.load(b), 16);
    a += rowBytes;
    b += rowBytes;
  }
}

/** Four rows and four columns of real or imaginary parts, exchanged. */
@inline
function exchange(from: usize, to: usize): void {
  const p0 = v128.load(from);
  const p1 = v128.load(from, 32);
  const p2 = v128.load(from, 64);
  const p3 = v128.load(from, 96);
  const a = v128.shuffle<f32>(p0, p1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(p2, p3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(p0, p1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(p2, p3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(to, v128.shuffle<f64>(a, b, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(c, d, 0, 2), 64);
  v128.store(to, v128.shuffle<f64>(c, d, 1, 3), 96);
}

/** Four rows of all blocks, `block` bytes apart, as columns one after the other. */
function gather(from: usize, block: usize, width: usize, to: usize): void {
  for (const end = to + width * ELEMENT; to < end; to += 128) {
    exchange(from, to);
    exchange(from + 16, to + 16);
    from += block;
  }
}

function scatter(from: usize, block: usize, width: usize, to: usize): void {
  for (const end = from + width * ELEMENT; from < end; from += 128) {
    exchange(from, to);
    exchange(from + 16, to + 16);
    to += block;
  }
}

/** Transforms columns, all steps. */
function forwardBlock(base: usize, size: usize, twiddles: usize): void {
  forward(base, size, twiddles);
  for (let p = base; p < base + size * ELEMENT; p += 128) plainFour(p, 32, 96);
}

function backwardBlock(base: usize, size: usize, end: usize): void {
  for (let p = base; p < base + size * ELEMENT; p += 128) plainFour(p, 96, 32);
  backward(base, size, end);
}

/**
 * Filters two tiles of `width` x `height` values by a spectrum of as many factors (four rows of all columns after the
 * other), in place of `tiles`, which has room for 8 `width` `height` bytes and 32 `width` more. Rows of the tiles are
 * `rowBytes` apart. What is left to do is `finishTiles`.
 */
export function filterTiles(
  a: usize, b: usize, rowBytes: i32, width: i32, height: i32, spectrum: usize,
  columnTwiddles: usize, rowTwiddles: usize, tiles: usize,
): void {
  const block = <usize>height * ELEMENT;
  const lines = tiles + (width >> 2) * block;
  let base = tiles;
  for (let x = 0; x < width; x += 4) {
    loadBlock(a + (x << 2), b + (x << 2), rowBytes, height, base);
    forwardBlock(base, height, columnTwiddles);
    base += block;
  }
  for (let y: usize = 0; y < <usize>height * ELEMENT; y += 128) {
    gather(tiles + y, block, width, lines);
    const w = forward(lines, width, rowTwiddles);
    middleTiles(lines, width, spectrum);
    backward(lines, width, w);
    scatter(lines, block, width, tiles + y);
    spectrum += width << 4;
  }
}

/** Part of one of the two tiles (`which` is 0 or 16) to an output; for columns that `finishTiles` has gone through. */
export function storeTile(
  tiles: usize, height: i32, left: i32, top: i32, which: i32,
  out: usize, outRow: i32, outWidth: i32, outHeight: i32,
): void {
  for (let x = 0; x < outWidth; x += 4) {
    let p = tiles + ((left + x) >> 2) * height * <i32>ELEMENT + top * <i32>ELEMENT + which;
    let to = out + (x << 2);
    for (let y = 0; y < outHeight; y++) {
      storeSome(to, v128.load(p), outWidth - x);
      p += ELEMENT;
      to += outRow;
    }
  }
}

/** The steps backwards along columns, from column `left` (a multiple of 4) on. */
export function finishTiles(tiles: usize, height: i32, left: i32, count: i32, columnTwiddles: usize, twiddleBytes: i32): void {
  const block = <usize>height * ELEMENT;
  for (let x = left; x < left + count; x += 4) backwardBlock(tiles + (x >> 2) * block, height, columnTwiddles + twiddleBytes);
}

/** The spectrum of a symmetric kernel whose centre lies at the first value of a tile: real parts times `factor`. */
export function spectrumOf(
  kernel: usize, width: i32, height: i32, factor: f32,
  columnTwiddles: usize, rowTwiddles: usize, tiles: usize, spectrum: usize,
): void {
  const block = <usize>height * ELEMENT;
  const lines = tiles + (width >> 2) * block;
  const f = f32x4.splat(factor);
  let base = tiles;
  for (let x = 0; x < width; x += 4) {
    for (let y = 0; y < height; y++) {
      v128.store(base + y * ELEMENT, v128.load(kernel + ((y * width + x) << 2)));
      v128.store(base + y * ELEMENT, ZERO, 16);
    }
    forwardBlock(base, height, columnTwiddles);
    base += block;
  }
  for (let y: usize = 0; y < <usize>height * ELEMENT; y += 128) {
    gather(tiles + y, block, width, lines);
    forwardBlock(lines, width, rowTwiddles);
    for (let x: usize = 0; x < <usize>width; x++) v128.store(spectrum + (x << 4), f32x4.mul(v128.load(lines + x * ELEMENT), f));
    spectrum += width << 4;
  }
}
