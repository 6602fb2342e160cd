/**
 * Kernels over planar float32 images. They hold no data of their own: everything lies in the memory that the
 * caller imports into them. Every sum has one order of additions, without fused multiply-adds, so that plain
 * JavaScript rounding to float32 after every operation gives the same bits. Reads may go up to 128 bytes past
 * an array; writes never do.
 *
 * A list of runs describes sums: per run the position of its first value (int32, in values from the place of the
 * output), its count (int32), then as many weights (float32).
 */

const ZERO = f32x4.splat(0);

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

/** 24 neighbouring sums. */
@inline
function sum24(p: usize, step: i32, runs: usize, runsEnd: usize, out: usize): void {
  let a = ZERO;
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  for (let r = runs; r < runsEnd; ) {
    let q = p + (load<i32>(r) << 2);
    let w = r + 8;
    r = w + (load<i32>(r, 4) << 2);
    do {
      const s = v128.load32_splat(w);
      a = f32x4.add(a, f32x4.mul(v128.load(q, 0), s));
      b = f32x4.add(b, f32x4.mul(v128.load(q, 16), s));
      c = f32x4.add(c, f32x4.mul(v128.load(q, 32), s));
      d = f32x4.add(d, f32x4.mul(v128.load(q, 48), s));
      e = f32x4.add(e, f32x4.mul(v128.load(q, 64), s));
      f = f32x4.add(f, f32x4.mul(v128.load(q, 80), s));
      q += step;
      w += 4;
    } while (w < r);
  }
  v128.store(out, a, 0);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
  v128.store(out, e, 64);
  v128.store(out, f, 80);
}

/** Four of them. */
@inline
function sum4(p: usize, step: i32, runs: usize, runsEnd: usize): v128 {
  let a = ZERO;
  for (let r = runs; r < runsEnd; ) {
    let q = p + (load<i32>(r) << 2);
    let w = r + 8;
    r = w + (load<i32>(r, 4) << 2);
    do {
      a = f32x4.add(a, f32x4.mul(v128.load(q), v128.load32_splat(w)));
      q += step;
      w += 4;
    } while (w < r);
  }
  return a;
}

/**
 * Rows of sums. From row to row the source moves by `sourceStep` bytes, the runs by `runsStep`, the output by
 * `outStep`; the values of a run lie `step` bytes apart. The output must not overlap the source.
 */
export function correlate(
  source: usize, sourceStep: i32, step: i32,
  runs: usize, runsBytes: i32, runsStep: i32,
  out: usize, outStep: i32, width: i32, height: i32,
): void {
  for (let y = 0; y < height; y++) {
    const end = runs + runsBytes;
    if (width >= 24) {
      for (let x = 0; x < width; x += 24) {
        const at = min(x, width - 24) << 2;
        sum24(source + at, step, runs, end, out + at);
      }
    } else {
      for (let x = 0; x < width; x += 4) {
        const at = x << 2;
        storeSome(out + at, sum4(source + at, step, runs, end), width - x);
      }
    }
    source += sourceStep;
    runs += runsStep;
    out += outStep;
  }
}

/**
 * 16 neighbouring sums in each of two rows, which share the values they read. In the runs for pairs of rows every
 * value has two weights, the second row's behind the first's. What V8 keeps in registers allows no larger tile.
 */
@inline
function sumPair(p: usize, step: i32, runs: usize, runsEnd: usize, out: usize, outRow: i32, turned: bool): void {
  let a = ZERO;
  let b = a;
  let c = a;
  let d = a;
  let A = a;
  let B = a;
  let C = a;
  let D = a;
  for (let r = runs; r < runsEnd; ) {
    let q = p + (load<i32>(r) << 2);
    let w = r + 8;
    r = w + (load<i32>(r, 4) << 3);
    do {
      const s = v128.load32_splat(w);
      const t = v128.load32_splat(w, 4);
      const k = v128.load(q, 0);
      a = f32x4.add(a, f32x4.mul(k, s));
      A = f32x4.add(A, f32x4.mul(k, t));
      const l = v128.load(q, 16);
      b = f32x4.add(b, f32x4.mul(l, s));
      B = f32x4.add(B, f32x4.mul(l, t));
      const m = v128.load(q, 32);
      c = f32x4.add(c, f32x4.mul(m, s));
      C = f32x4.add(C, f32x4.mul(m, t));
      const n = v128.load(q, 48);
      d = f32x4.add(d, f32x4.mul(n, s));
      D = f32x4.add(D, f32x4.mul(n, t));
      q += step;
      w += 8;
    } while (w < r);
  }
  if (turned) {
    storeTurned(out, outRow, a, A);
    storeTurned(out + 4 * outRow, outRow, b, B);
    storeTurned(out + 8 * outRow, outRow, c, C);
    storeTurned(out + 12 * outRow, outRow, d, D);
    return;
  }
  v128.store(out, a, 0);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
  out += outRow;
  v128.store(out, A, 0);
  v128.store(out, B, 16);
  v128.store(out, C, 32);
  v128.store(out, D, 48);
}

/** Two rows of four values as four rows of two. */
@inline
function storeTurned(out: usize, outRow: i32, first: v128, second: v128): void {
  const low = v128.shuffle<f32>(first, second, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(first, second, 2, 6, 3, 7);
  v128.store64_lane(out, low, 0);
  v128.store64_lane(out + outRow, low, 1);
  v128.store64_lane(out + 2 * outRow, high, 0);
  v128.store64_lane(out + 3 * outRow, high, 1);
}

/** Sums with runs for pairs of rows, at least 16 columns and 2 rows of them. The output must not overlap the source. */
export function filterPairs(
  source: usize, sourceRow: i32, runs: usize, runsBytes: i32,
  out: usize, width: i32, height: i32,
): void {
  const end = runs + runsBytes;
  const outRow = width << 2;
  for (let x = 0; x < width; x += 16) {
    const left = min(x, width - 16) << 2;
    for (let y = 0; y < height; y += 2) {
      const top = min(y, height - 2);
      sumPair(source + left + top * sourceRow, 4, runs, end, out + left + top * outRow, outRow, false);
    }
  }
}

/** Whether one of 16 values is not 0. */
@inline
function anything(p: usize): bool {
  const low = v128.or(v128.load(p), v128.load(p, 16));
  return v128.any_true(v128.or(low, v128.or(v128.load(p, 32), v128.load(p, 48))));
}

/**
 * Sums along columns; column x becomes row x of the output. `runs` is one run for pairs of rows. The source has as
 * many rows more than the output has columns as there are weights but one.
 */
export function filterTurned(
  source: usize, width: i32, runs: usize, runsBytes: i32,
  out: usize, height: i32,
): void {
  const end = runs + runsBytes;
  const row = width << 2;
  const outRow = height << 2;
  if (width >= 16 && height >= 2) {
    const values = load<i32>(runs, 4);
    for (let x = 0; x < width; x += 16) {
      const left = min(x, width - 16);
      const column = source + (left << 2);
      // Masks have large areas without anything: the sums there are 0, whatever the weights.
      let seen = 0;
      let last = -1;
      for (let y = 0; y < height; y += 2) {
        const top = min(y, height - 2);
        for (; seen < top + values; seen++) if (anything(column + seen * row)) last = seen;
        const to = out + left * outRow + (top << 2);
        if (last >= top) sumPair(column + top * row, row, runs, end, to, outRow, true);
        else for (let i = 0; i < 16; i++) store<u64>(to + i * outRow, 0);
      }
    }
    return;
  }
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      let sum: f32 = 0;
      let q = source + (x << 2) + y * row;
      // The last weight of the first row is a zero, which has no value here.
      for (let w = runs + 8; w < end - 8; w += 8) {
        sum += f32.load(q) * f32.load(w);
        q += row;
      }
      f32.store(out + x * outRow + (y << 2), sum);
    }
  }
}

/** Where a reflection at the first and last position (neither repeated) leads to, however far outside. */
@inline
function reflected(position: i32, length: i32): i32 {
  let at = position;
  while (at < 0 || at >= length) at = length == 1 ? 0 : at < 0 ? -at : 2 * (length - 1) - at;
  return at;
}

/** Copies a plane into a larger one with `across` and `down` reflected values on each side. */
export function reflectInto(source: usize, width: i32, height: i32, out: usize, across: i32, down: i32): void {
  const row = width << 2;
  const step = (width + 2 * across) << 2;
  let to = out + (across << 2);
  for (let y = -down; y < height + down; y++) {
    const from = source + reflected(y, height) * row;
    if (to != from) memory.copy(to, from, row);
    for (let x = 1; x <= across; x++) {
      const behind = width - 1 + x;
      f32.store(to - (x << 2), f32.load(from + (reflected(-x, width) << 2)));
      f32.store(to + (behind << 2), f32.load(from + (reflected(behind, width) << 2)));
    }
    to += step;
  }
}

/** Copies a plane into a larger one, from column `left` and row `top` on, with reflected values around it. */
export function reflectAround(
  source: usize, width: i32, height: i32, out: usize, outWidth: i32, outHeight: i32, left: i32, top: i32,
): void {
  const row = width << 2;
  for (let y = 0; y < outHeight; y++) {
    const from = source + reflected(y - top, height) * row;
    const to = out + (left << 2);
    memory.copy(to, from, row);
    for (let x = -left; x < 0; x++) f32.store(to + (x << 2), f32.load(from + (reflected(x, width) << 2)));
    for (let x = width; x < outWidth - left; x++) f32.store(to + (x << 2), f32.load(from + (reflected(x, width) << 2)));
    out += outWidth << 2;
  }
}

/** Four rows of four values, their rows and columns exchanged; 16 bytes apart at `out`. */
@inline
function transpose(p0: v128, p1: v128, p2: v128, p3: v128, out: usize, step: usize): void {
  const a = v128.shuffle<f32>(p0, p1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(p2, p3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(p0, p1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(p2, p3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(out + step, v128.shuffle<f64>(a, b, 1, 3));
  v128.store(out + 2 * step, v128.shuffle<f64>(c, d, 0, 2));
  v128.store(out + 3 * step, v128.shuffle<f64>(c, d, 1, 3));
}

/** Bytes of one column of 16 rows. */
const COLUMN: usize = 64;

/**
 * Weighted sums along rows: output x is one run at `runs + x * runsBytes`. `columns` has room for
 * (width + 4) * 64 bytes and `sums` for (outWidth + 4) * 64: 16 rows as columns, before and after.
 */
export function resampleRows(
  source: usize, width: i32, rows: i32,
  runs: usize, runsBytes: i32, outWidth: i32,
  out: usize, columns: usize, sums: usize,
): void {
  const last = rows - 1;
  const inBytes = width << 2;
  const outBytes = outWidth << 2;
  for (let y = 0; y < rows; y += 16) {
    for (let i = 0; i < 16; i += 4) {
      const p0 = source + min(y + i, last) * inBytes;
      const p1 = source + min(y + i + 1, last) * inBytes;
      const p2 = source + min(y + i + 2, last) * inBytes;
      const p3 = source + min(y + i + 3, last) * inBytes;
      let to = columns + (i << 2);
      for (let x = 0; x < inBytes; x += 16) {
        transpose(v128.load(p0 + x), v128.load(p1 + x), v128.load(p2 + x), v128.load(p3 + x), to, COLUMN);
        to += 4 * COLUMN;
      }
    }
    let r = runs;
    let to = sums;
    for (let x = 0; x < outWidth; x++) {
      let q = columns + <usize>load<i32>(r) * COLUMN;
      let w = r + 8;
      r += runsBytes;
      let a = ZERO;
      let b = a;
      let c = a;
      let d = a;
      do {
        const s = v128.load32_splat(w);
        a = f32x4.add(a, f32x4.mul(v128.load(q, 0), s));
        b = f32x4.add(b, f32x4.mul(v128.load(q, 16), s));
        c = f32x4.add(c, f32x4.mul(v128.load(q, 32), s));
        d = f32x4.add(d, f32x4.mul(v128.load(q, 48), s));
        q += COLUMN;
        w += 4;
      } while (w < r);
      v128.store(to, a, 0);
      v128.store(to, b, 16);
      v128.store(to, c, 32);
      v128.store(to, d, 48);
      to += COLUMN;
    }
    const count = min(16, rows - y);
    for (let i = 0; i < count; i += 4) {
      const o = out + (y + i) * outBytes;
      const from = sums + (i << 2);
      let x = 0;
      if (count - i >= 4) {
        for (; x + 4 <= outWidth; x += 4) {
          const p = from + <usize>x * COLUMN;
          transpose(v128.load(p), v128.load(p, COLUMN), v128.load(p, 2 * COLUMN), v128.load(p, 3 * COLUMN), o + (x << 2), outBytes);
        }
      }
      for (; x < outWidth; x++) {
        const p = from + <usize>x * COLUMN;
        for (let k = 0; k < min(4, count - i); k++) f32.store(o + k * outBytes + (x << 2), f32.load(p + (k << 2)));
      }
    }
  }
}

/** The swizzle that takes every `step`th byte, four of them, to 32 bits each; from the last to the first when < 0. */
@inline
function pick(step: i32): v128 {
  const indices =
    step < 0 ? i32x4.mul(i32x4(3, 2, 1, 0), i32x4.splat(-step)) : i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step));
  return v128.or(indices, i32x4.splat(0xffffff00));
}

@inline
function unit(bytes: v128, order: v128): v128 {
  return f32x4.div(f32x4.convert_i32x4_s(i8x16.swizzle(bytes, order)), f32x4.splat(255));
}

@inline
function pixelToFloat(p: usize, out: usize, plane: usize): void {
  f32.store(out, <f32>load<u8>(p) / 255);
  f32.store(out + plane, <f32>load<u8>(p, 1) / 255);
  f32.store(out + 2 * plane, <f32>load<u8>(p, 2) / 255);
}

/**
 * Interleaved bytes to planar values / 255; `source` is the pixel (0, 0), `dx` and `dy` lead to the next column and
 * row. One of the two is the size of a pixel, forwards or backwards.
 */
export function bytesToFloat(source: usize, dx: i32, dy: i32, width: i32, height: i32, out: usize): void {
  const plane = <usize>(width * height) << 2;
  const row = <usize>width << 2;
  const along = abs(dx) <= 4;
  const step = along ? dx : dy;
  const ONE = i32x4.splat(1);
  const red = pick(step);
  const green = i32x4.add(red, ONE);
  const blue = i32x4.add(green, ONE);
  // The first byte of four pixels.
  const back = min(0, 3 * step);
  const height4 = along ? height : height & ~3;
  const width4 = width & ~3;
  const jump = along ? 1 : 4;
  for (let y = 0; y < height4; y += jump) {
    let p = source + y * dy + back;
    let to = out + y * row;
    for (let x = 0; x < width4; x += 4) {
      const a = v128.load(p);
      if (along) {
        v128.store(to, unit(a, red));
        v128.store(to + plane, unit(a, green));
        v128.store(to + 2 * plane, unit(a, blue));
      } else {
        const b = v128.load(p + dx);
        const c = v128.load(p + 2 * dx);
        const d = v128.load(p + 3 * dx);
        transpose(unit(a, red), unit(b, red), unit(c, red), unit(d, red), to, row);
        transpose(unit(a, green), unit(b, green), unit(c, green), unit(d, green), to + plane, row);
        transpose(unit(a, blue), unit(b, blue), unit(c, blue), unit(d, blue), to + 2 * plane, row);
      }
      p += 4 * dx;
      to += 16;
    }
  }
  for (let y = 0; y < height; y++)
    for (let x = y < height4 ? width4 : 0; x < width; x++)
      pixelToFloat(source + x * dx + y * dy, out + y * row + (x << 2), plane);
}

/** Pixels of interleaved bytes along a walk, as in `bytesToFloat`, to interleaved RGB. */
export function walkBytes(source: usize, dx: i32, dy: i32, width: i32, height: i32, out: usize): void {
  for (let y = 0; y < height; y++) {
    let p = source + y * dy;
    for (const end = out + 3 * width; out < end; out += 3) {
      store<u16>(out, load<u16>(p));
      store<u8>(out, load<u8>(p, 2), 2);
      p += dx;
    }
  }
}

@inline
function storeBytes(to: usize, value: v128, count: i32): void {
  const low = i64x2.extract_lane(value, 0);
  const high = i64x2.extract_lane(value, 1);
  for (let k = 0; k < count; k++) store<u8>(to + k, (k < 8 ? low >> (k << 3) : high >> ((k - 8) << 3)) & 255);
}

/** 255 times a value, rounded half to even; NaN gives 0, as assigning to clamped bytes does. */
@inline
function level(at: usize): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), f32x4.splat(255))));
}

/** Planar values to interleaved bytes. */
export function floatToBytes(source: usize, stride: i32, plane: i32, width: i32, height: i32, out: usize): void {
  const order = i8x16(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, -1, -1, -1, -1);
  for (let y = 0; y < height; y++) {
    let p = source;
    let to = out;
    for (let x = 0; x < width; x += 4) {
      const blue = level(p + 2 * plane);
      const rg = i16x8.narrow_i32x4_s(level(p), level(p + plane));
      const pixels = i8x16.swizzle(i8x16.narrow_i16x8_u(rg, i16x8.narrow_i32x4_s(blue, blue)), order);
      // What is written behind a row is overwritten by the next one, which the last row has not got.
      if (y < height - 1 || x + 6 <= width) v128.store(to, pixels);
      else storeBytes(to, pixels, 3 * min(4, width - x));
      p += 16;
      to += 12;
    }
    source += stride;
    out += width * 3;
  }
}

@inline
function clamped(value: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, ZERO), f32x4.splat(1));
}

/** out = first * a + second * b, in [0, 1] if `clamp`. */
export function combine(out: usize, a: usize, first: f32, b: usize, second: f32, count: i32, clamp: bool): void {
  const f = f32x4.splat(first);
  const s = f32x4.splat(second);
  let i = 0;
  for (; i < count << 2; i += 16) {
    const value = f32x4.add(f32x4.mul(v128.load(a + i), f), f32x4.mul(v128.load(b + i), s));
    storeSome(out + i, clamp ? clamped(value) : value, count - (i >> 2));
  }
}

/** out += mask * (other - out) */
export function mix(out: usize, other: usize, mask: usize, count: i32): void {
  for (let i = 0; i < count << 2; i += 16) {
    const value = v128.load(out + i);
    const change = f32x4.mul(v128.load(mask + i), f32x4.sub(v128.load(other + i), value));
    storeSome(out + i, f32x4.add(value, change), count - (i >> 2));
  }
}

/** out = |a - b| * factor > threshold ? 1 : 0 */
export function differs(out: usize, a: usize, b: usize, factor: f32, threshold: f32, count: i32): void {
  const f = f32x4.splat(factor);
  const least = f32x4.splat(threshold);
  for (let i = 0; i < count << 2; i += 16) {
    const difference = f32x4.mul(f32x4.abs(f32x4.sub(v128.load(a + i), v128.load(b + i))), f);
    storeSome(out + i, v128.and(f32x4.gt(difference, least), f32x4.splat(1)), count - (i >> 2));
  }
}

/**
 * out = |image - soft| * factor > threshold ? 1 : 0, for rows of `width` values; those of the image are `imageRow` bytes
 * apart, the others follow one another. Returns whether there is a 1.
 */
export function markDetail(
  image: usize, imageRow: i32, soft: usize, out: usize, width: i32, height: i32, factor: f32, threshold: f32,
): bool {
  const f = f32x4.splat(factor);
  const least = f32x4.splat(threshold);
  let any = ZERO;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += 4) {
      const at = <usize>x << 2;
      const difference = f32x4.mul(f32x4.abs(f32x4.sub(v128.load(image + at), v128.load(soft + at))), f);
      const marked = v128.and(f32x4.gt(difference, least), f32x4.splat(1));
      const left = width - x;
      storeSome(out + at, marked, left);
      // What lies behind a row may be anything.
      any = v128.or(any, left >= 4 ? marked : v128.and(marked, i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3))));
    }
    image += imageRow;
    soft += <usize>width << 2;
    out += <usize>width << 2;
  }
  return v128.any_true(any);
}

/**
 * image += mask * (sharp - image) where sharp = image * first + soft * second, in [0, 1]; rows of `width` values, those
 * of image and soft so many bytes apart.
 */
export function mixSharp(
  image: usize, imageRow: i32, soft: usize, softRow: i32, mask: usize, width: i32, height: i32, first: f32, second: f32,
): void {
  const f = f32x4.splat(first);
  const s = f32x4.splat(second);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += 4) {
      const at = <usize>x << 2;
      const value = v128.load(image + at);
      const sharp = clamped(f32x4.add(f32x4.mul(value, f), f32x4.mul(v128.load(soft + at), s)));
      const change = f32x4.mul(v128.load(mask + at), f32x4.sub(sharp, value));
      storeSome(image + at, f32x4.add(value, change), width - x);
    }
    image += imageRow;
    soft += softRow;
    mask += <usize>width << 2;
  }
}

/** Brings values into [0, 1]. */
export function clampUnit(out: usize, count: i32): void {
  for (let i = 0; i < count << 2; i += 16) storeSome(out + i, clamped(v128.load(out + i)), count - (i >> 2));
}

/** Whether no value is NaN or infinite. */
export function allFinite(at: usize, count: i32): bool {
  let sum = ZERO;
  let i = 0;
  for (; i + 4 <= count; i += 4) sum = f32x4.add(sum, f32x4.mul(v128.load(at + (i << 2)), ZERO));
  let rest: f32 = 0;
  for (; i < count; i++) rest += f32.load(at + (i << 2)) * 0;
  const all =
    f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
  return all + rest == 0;
}

let a: i32 = 0;
let b: i32 = 0;
let c: i32 = 0;
let counter: i32 = 0;

@inline
function next(): i32 {
  const sum = a + b + counter;
  counter += 1;
  a = b ^ (<u32>b >>> 9);
  b = c + (c << 3);
  c = rotl(c, 21) + sum;
  return sum;
}

@inline
function uniform(): f64 {
  const high = <f64>(<u32>next() >>> 5);
  return (high * 67108864 + <f64>(<u32>next() >>> 6)) / 9007199254740992;
}

/** e to the power of x <= 0, with a relative error below 1e-8. */
@inline
function roughExp(x: f64): f64 {
  const power = nearest(x * 1.4426950408889634);
  const r = x - power * 0.6931471805599453;
  const r2 = r * r;
  const low = 1 + r + r2 * (0.5 + r * 0.16666666666666666);
  const high = 0.041666666666666664 + r * 0.008333333333333333 + r2 * (0.001388888888888889 + r * 0.0001984126984126984);
  return (low + r2 * r2 * high) * reinterpret<f64>(<i64>(1023 + <i64>power) << 52);
}

/** Deviates up to the first draw that is not under the curve for certain, which is left in the state. */
@inline
function easyOnes(state: usize, tables: usize, out: usize, from: i32, count: i32): i32 {
  let x = a;
  let y = b;
  let z = c;
  let n = counter;
  let i = from;
  for (; i < count; i++) {
    const bits = x + y + n;
    n += 1;
    x = y ^ (<u32>y >>> 9);
    y = z + (z << 3);
    z = rotl(z, 21) + bits;
    const entry = tables + ((bits & 255) << 3);
    const draw = <f64>(bits >> 8) + 0.5;
    if (abs(draw) >= load<f64>(entry)) {
      store<i32>(state, bits, 16);
      break;
    }
    f32.store(out + (i << 2), <f32>(draw * load<f64>(entry, 2048)));
  }
  a = x;
  b = y;
  c = z;
  counter = n;
  return i;
}

/**
 * Fills `out` with standard normal deviates from `from` on, and returns the position it came to. Before the
 * end that is a rare case of the ziggurat, which the caller decides, with the draw in the state. `state`: three
 * words, the counter and the last draw of sfc32. `tables`: 256 safe magnitudes, 256 widths, 257 densities (float64).
 */
export function fillNormal(state: usize, tables: usize, out: usize, from: i32, count: i32): i32 {
  a = load<i32>(state);
  b = load<i32>(state, 4);
  c = load<i32>(state, 8);
  counter = load<i32>(state, 12);
  let i = from;
  while (i < count) {
    i = easyOnes(state, tables, out, i, count);
    if (i == count) break;
    const bits = load<i32>(state, 16);
    const layer = bits & 255;
    if (layer == 0) break;
    const entry = tables + (layer << 3);
    const x = (<f64>(bits >> 8) + 0.5) * load<f64>(entry, 2048);
    const keptA = a;
    const keptB = b;
    const keptC = c;
    const keptCounter = counter;
    const low = load<f64>(entry, 4096);
    const height = low + uniform() * (load<f64>(entry, 4104) - low);
    const above = roughExp(-0.5 * x * x) - height;
    if (abs(above) < 1e-7) {
      a = keptA;
      b = keptB;
      c = keptC;
      counter = keptCounter;
      break;
    }
    if (above > 0) {
      f32.store(out + (i << 2), <f32>x);
      i++;
    }
  }
  store<i32>(state, a);
  store<i32>(state, b, 4);
  store<i32>(state, c, 8);
  store<i32>(state, counter, 12);
  return i;
}

/** Values times 255 as bytes, rounded half to even and clamped. */
export function toLevels(values: usize, count: i32, out: usize): void {
  for (let i = 0; i < count; i += 16) {
    const p = values + (i << 2);
    const low = i16x8.narrow_i32x4_s(level(p), level(p + 16));
    const high = i16x8.narrow_i32x4_s(level(p + 32), level(p + 48));
    const bytes = i8x16.narrow_i16x8_u(low, high);
    if (i + 16 <= count) v128.store(out + i, bytes);
    else storeBytes(out + i, bytes, count - i);
  }
}

/** Marks the bytes that occur in 256 bytes at `seen`. */
export function markLevels(levels: usize, count: i32, seen: usize): void {
  for (let i = 0; i < count; i++) store<u8>(seen + load<u8>(levels + i), 1);
}

/**
 * The value that 26 random bits draw from the alias table of a level. Its columns begin at its offset (int32) and stand
 * for its first value (int16) and the following ones; where what is left of the bits is not below the column's threshold
 * (int32, of 2^26), its other value (int16) is taken.
 */
@inline
function drawLevel(bits: u32, k: usize, offsets: usize, firsts: usize, thresholds: usize, other: usize): i32 {
  const from = load<i32>(offsets + (k << 2));
  const draw = <u64>bits * <u64>(load<i32>(offsets + (k << 2), 4) - from);
  const column = <i32>(draw >> 26);
  const at = from + column;
  const own = <i32>load<i16>(firsts + (k << 1)) + column;
  return select(own, <i32>load<i16>(other + (at << 1)), (<i32>draw & 0x3ffffff) < load<i32>(thresholds + (at << 2)));
}

/** Draws a value for each level, two from the bits of a uniform number; stores value * `unit` - level / 255. */
export function drawLevels(
  state: usize, levels: usize, offsets: usize, firsts: usize, thresholds: usize, other: usize,
  unit: f64, out: usize, count: i32,
): void {
  let x = load<i32>(state);
  let y = load<i32>(state, 4);
  let z = load<i32>(state, 8);
  let n = load<i32>(state, 12);
  for (let i = 0; i < count; i += 2) {
    // Twice the generator's step, as in `next`, but with its state in registers.
    const high = x + y + n;
    x = y ^ (<u32>y >>> 9);
    y = z + (z << 3);
    z = rotl(z, 21) + high;
    const low = x + y + n + 1;
    x = y ^ (<u32>y >>> 9);
    y = z + (z << 3);
    z = rotl(z, 21) + low;
    n += 2;
    const a = <usize>load<u8>(levels + i);
    const first = drawLevel(<u32>high >>> 6, a, offsets, firsts, thresholds, other);
    f32.store(out + (i << 2), <f32>(<f64>first * unit - <f64>a / 255));
    if (i + 1 == count) break;
    const b = <usize>load<u8>(levels + i, 1);
    const second = drawLevel(<u32>low >>> 6, b, offsets, firsts, thresholds, other);
    f32.store(out + (i << 2), <f32>(<f64>second * unit - <f64>b / 255), 4);
  }
  store<i32>(state, x);
  store<i32>(state, y, 4);
  store<i32>(state, z, 8);
  store<i32>(state, n, 12);
}

export { jpegCodec } from './jpeg';
export { filterColumns, filterTiles, finishTiles, spectrumOf, storeTile } from './fourier';
