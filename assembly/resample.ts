/**
 * Kernels of the 8-bit Lanczos resampler. They hold no data of their own: everything lies in the memory
 * that the caller imports into them, so any number of threads may run them in one shared memory.
 *
 * Both directions use one layout, "pairs": for two neighbouring input positions (rows in the vertical
 * pass, columns in the horizontal one) 48 lanes of two int16 each. Lanes are 48 bytes of a row in the
 * vertical pass, and rows x channels (16 RGB rows or 12 RGBA rows) of one column in the horizontal one.
 *
 * Taps, per output position, `tapsStride` bytes apart: where the first pair lies (int32, bytes from pair 0), the
 * bytes of weights (int32), then per pair two int16 weights (14 fractional bits), or two low parts and two high
 * parts of weights of 22 fractional bits (weight = high * 2^11 + low).
 */

/** Bytes of a pair of positions: 48 lanes of two int16. */
const PAIR: usize = 192;
/** Output positions of the horizontal pass that are kept before they are spread over the rows. */
const CHUNK: i32 = 64;

@inline
function bytes(a: v128, b: v128, c: v128, d: v128, shift: i32): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.shr_s(a, shift), i32x4.shr_s(b, shift)),
    i16x8.narrow_i32x4_s(i32x4.shr_s(c, shift), i32x4.shr_s(d, shift)),
  );
}

/** Sums 24 lanes and writes them as bytes. More than six sums do not fit into the registers with what V8 loads ahead. */
@inline
function sumHalf(p: usize, w: usize, end: usize, out: usize): void {
  let a = i32x4.splat(1 << 13);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  do {
    const s = v128.load32_splat(w);
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(p, 0), s));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(p, 16), s));
    c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(p, 32), s));
    d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(p, 48), s));
    e = i32x4.add(e, i32x4.dot_i16x8_s(v128.load(p, 64), s));
    f = i32x4.add(f, i32x4.dot_i16x8_s(v128.load(p, 80), s));
    p += PAIR;
    w += 4;
  } while (w < end);
  v128.store(out, bytes(a, b, c, d, 14));
  v128.store64_lane(out, bytes(e, f, e, f, 14), 0, 16);
}

/** Sums 48 lanes for each of `count` outputs, and writes them as bytes, `step` bytes apart. */
function sumNormal(pairs: usize, taps: usize, tapsStride: i32, count: i32, out: usize, step: i32): void {
  const last = taps + <usize>(count * tapsStride);
  for (let row = taps; row < last; row += tapsStride) {
    const p = pairs + load<u32>(row);
    const w = row + 8;
    const end = w + load<u32>(row, 4);
    sumHalf(p, w, end, out);
    sumHalf(p + 96, w, end, out + 24);
    out += step;
  }
}

@inline
function joined(low: v128, high: v128): v128 {
  return i32x4.add(low, i32x4.shl(high, 11));
}

/** Sums 16 lanes with weights of 22 fractional bits, exactly: low and high parts apart. */
@inline
function sumThird(p: usize, w: usize, end: usize, out: usize): void {
  let a = i32x4.splat(1 << 21);
  let b = a;
  let c = a;
  let d = a;
  let A = i32x4.splat(0);
  let B = A;
  let C = A;
  let D = A;
  do {
    const low = v128.load32_splat(w);
    const high = v128.load32_splat(w, 4);
    const k = v128.load(p, 0);
    a = i32x4.add(a, i32x4.dot_i16x8_s(k, low));
    A = i32x4.add(A, i32x4.dot_i16x8_s(k, high));
    const l = v128.load(p, 16);
    b = i32x4.add(b, i32x4.dot_i16x8_s(l, low));
    B = i32x4.add(B, i32x4.dot_i16x8_s(l, high));
    const m = v128.load(p, 32);
    c = i32x4.add(c, i32x4.dot_i16x8_s(m, low));
    C = i32x4.add(C, i32x4.dot_i16x8_s(m, high));
    const n = v128.load(p, 48);
    d = i32x4.add(d, i32x4.dot_i16x8_s(n, low));
    D = i32x4.add(D, i32x4.dot_i16x8_s(n, high));
    p += PAIR;
    w += 8;
  } while (w < end);
  v128.store(out, bytes(joined(a, A), joined(b, B), joined(c, C), joined(d, D), 22));
}

/** Like `sumNormal` with weights of 22 fractional bits. */
function sumExact(pairs: usize, taps: usize, tapsStride: i32, count: i32, out: usize, step: i32): void {
  const last = taps + <usize>(count * tapsStride);
  for (let row = taps; row < last; row += tapsStride) {
    const p = pairs + load<u32>(row);
    const w = row + 8;
    const end = w + load<u32>(row, 4);
    sumThird(p, w, end, out);
    sumThird(p + 64, w, end, out + 16);
    sumThird(p + 128, w, end, out + 32);
    out += step;
  }
}

@inline
function sum(exact: bool, pairs: usize, taps: usize, tapsStride: i32, count: i32, out: usize, step: i32): void {
  if (exact) sumExact(pairs, taps, tapsStride, count, out, step);
  else sumNormal(pairs, taps, tapsStride, count, out, step);
}

/** Columns `at`..`at`+48 of `rows` rows as pairs of rows; a missing last row is replaced by the one before it. */
function pairRows(source: usize, stride: i32, rows: i32, pairs: usize): void {
  let p = source;
  for (let y = 0; y < rows; y += 2) {
    const q = y + 1 < rows ? p + stride : p;
    pairEight(p, q, pairs, 0, 0);
    pairEight(p, q, pairs, 8, 32);
    pairEight(p, q, pairs, 16, 64);
    pairEight(p, q, pairs, 24, 96);
    pairEight(p, q, pairs, 32, 128);
    pairEight(p, q, pairs, 40, 160);
    pairs += PAIR;
    p = q + stride;
  }
}

@inline
function pairEight(p: usize, q: usize, pairs: usize, from: usize, to: usize): void {
  const a = v128.load_ext<u8>(p + from);
  const b = v128.load_ext<u8>(q + from);
  v128.store(pairs + to, i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(pairs + to + 16, i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
}

/**
 * The vertical pass to `count` rows. `source` is row `first` (even) of the input, of which `rows` rows of `length`
 * bytes are there; `taps` are those of the first row made. `work` has room for the pairs of all these rows, and
 * for 48 bytes a row.
 */
export function vertical(
  source: usize, stride: i32, first: i32, rows: i32, length: i32,
  taps: usize, tapsStride: i32, exact: bool, count: i32,
  out: usize, outStride: i32, work: usize,
): void {
  const pairs = work - <usize>(first >> 1) * PAIR;
  if (length < 48) {
    const wide = work + <usize>((rows + 1) >> 1) * PAIR;
    for (let y = 0; y < rows; y++) memory.copy(wide + y * 48, source + y * stride, length);
    pairRows(wide, 48, rows, work);
    for (let y = 0; y < count; y++) {
      sum(exact, pairs, taps + y * tapsStride, tapsStride, 1, wide, 48);
      memory.copy(out + y * outStride, wide, length);
    }
    return;
  }
  for (let at = 0; ; at += 48) {
    if (at + 48 > length) at = length - 48;
    pairRows(source + at, stride, rows, work);
    sum(exact, pairs, taps, tapsStride, count, out + at, outStride);
    if (at + 48 == length) break;
  }
}

/** The eight bytes at `p`, of which only `left` are there. */
function tail(p: usize, left: i32): v128 {
  let value: u64 = 0;
  for (let i = 0; i < min(left, 8); i++) value |= <u64>load<u8>(p + i) << (i << 3);
  return i64x2(value, 0);
}

@inline
function three(v0: v128, v1: v128, v2: v128, v3: v128, to: usize): void {
  const w0 = i8x16.swizzle(v0, i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
  const w1 = i8x16.swizzle(v1, i8x16(1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1, 0, -1, 3, -1));
  const w2 = i8x16.swizzle(v2, i8x16(2, -1, 5, -1, -1, -1, -1, -1, 0, -1, 3, -1, 1, -1, 4, -1));
  const w3 = i8x16.swizzle(v3, i8x16(-1, -1, -1, -1, 0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1));
  v128.store(to, i16x8.shuffle(w0, w1, 0, 1, 2, 3, 4, 5, 14, 15), 0);
  v128.store(to, i16x8.shuffle(w1, w2, 0, 1, 2, 3, 12, 13, 14, 15), 16);
  v128.store(to, i16x8.shuffle(w2, w3, 0, 1, 10, 11, 12, 13, 14, 15), 32);
}

/** All columns of 16 rows of RGB as pairs of columns; rows that are not there repeat the last one. */
function pairColumns3(source: usize, stride: i32, rows: i32, length: i32, pairs: usize): void {
  for (let y = 0; y < 16; y += 4) {
    const p0 = source + min(y, rows - 1) * stride;
    const p1 = source + min(y + 1, rows - 1) * stride;
    const p2 = source + min(y + 2, rows - 1) * stride;
    const p3 = source + min(y + 3, rows - 1) * stride;
    let to = pairs + y * 12;
    let x = 0;
    for (; x + 8 <= length; x += 6) {
      three(v128.load64_zero(p0 + x), v128.load64_zero(p1 + x), v128.load64_zero(p2 + x), v128.load64_zero(p3 + x), to);
      to += PAIR;
    }
    for (; x < length; x += 6) {
      const left = length - x;
      three(tail(p0 + x, left), tail(p1 + x, left), tail(p2 + x, left), tail(p3 + x, left), to);
      to += PAIR;
    }
  }
}

/** All columns of 12 rows of RGBA as pairs of columns. */
function pairColumns4(source: usize, stride: i32, rows: i32, length: i32, pairs: usize): void {
  const order = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
  for (let y = 0; y < 12; y++) {
    const p = source + min(y, rows - 1) * stride;
    let to = pairs + y * 16;
    let x = 0;
    for (; x + 8 <= length; x += 8) {
      v128.store(to, i8x16.swizzle(v128.load64_zero(p + x), order));
      to += PAIR;
    }
    if (x < length) v128.store(to, i8x16.swizzle(tail(p + x, length - x), order));
  }
}

/** Writes `count` columns of 48 bytes to `rows` rows of RGB. The fourth byte of a store is overwritten by the next one. */
function spread3(columns: usize, count: i32, rows: i32, out: usize, outStride: i32): void {
  for (let y = 0; y < rows; y++) {
    let p = columns + y * 3;
    let q = out + y * outStride;
    const last = p + (count - 1) * 48;
    for (; p + 336 < last; p += 384) {
      store<u32>(q, load<u32>(p, 0), 0);
      store<u32>(q, load<u32>(p, 48), 3);
      store<u32>(q, load<u32>(p, 96), 6);
      store<u32>(q, load<u32>(p, 144), 9);
      store<u32>(q, load<u32>(p, 192), 12);
      store<u32>(q, load<u32>(p, 240), 15);
      store<u32>(q, load<u32>(p, 288), 18);
      store<u32>(q, load<u32>(p, 336), 21);
      q += 24;
    }
    for (; p < last; p += 48) {
      store<u32>(q, load<u32>(p));
      q += 3;
    }
    store<u16>(q, load<u16>(p));
    store<u8>(q, load<u8>(p, 2), 2);
  }
}

function spread4(columns: usize, count: i32, rows: i32, out: usize, outStride: i32): void {
  for (let y = 0; y < rows; y++) {
    const p = columns + y * 4;
    const q = out + y * outStride;
    for (let x = 0; x < count; x++) store<u32>(q + x * 4, load<u32>(p + x * 48));
  }
}

/**
 * The horizontal pass over up to 16 rows of RGB, or 12 of RGBA. `work` has room for the pairs of all
 * columns and for 64 output columns of 48 bytes and a few bytes more.
 */
export function horizontal(
  source: usize, stride: i32, rows: i32, width: i32, channels: i32,
  taps: usize, tapsStride: i32, exact: bool, outWidth: i32,
  out: usize, outStride: i32, work: usize,
): void {
  const pairs = work + CHUNK * 48 + 16;
  if (channels == 3) pairColumns3(source, stride, rows, width * 3, pairs);
  else pairColumns4(source, stride, rows, width * 4, pairs);
  for (let x = 0; x < outWidth; x += CHUNK) {
    const count = min(CHUNK, outWidth - x);
    sum(exact, pairs, taps + x * tapsStride, tapsStride, count, work, 48);
    if (channels == 3) spread3(work, count, rows, out + x * 3, outStride);
    else spread4(work, count, rows, out + x * 4, outStride);
  }
}

/** Rows of RGBA with colours multiplied by alpha, rounded. */
export function premultiply(source: usize, stride: i32, rows: i32, width: i32, out: usize): void {
  for (let y = 0; y < rows; y++) {
    const p = source + y * stride;
    const q = out + y * width * 4;
    for (let x = 0; x < width * 4; x += 4) {
      const pixel = load<u32>(p + x);
      const alpha = pixel >> 24;
      let result = alpha << 24;
      for (let c = 0; c < 24; c += 8) {
        const product = ((pixel >> c) & 255) * alpha + 128;
        result |= (((product >> 8) + product) >> 8) << c;
      }
      store<u32>(q + x, result);
    }
  }
}

/** Rows of RGBA with colours divided by alpha, truncated, in place. */
export function unpremultiply(out: usize, stride: i32, rows: i32, width: i32): void {
  for (let y = 0; y < rows; y++) {
    const q = out + y * stride;
    for (let x = 0; x < width * 4; x += 4) {
      const pixel = load<u32>(q + x);
      const alpha = pixel >> 24;
      if (alpha == 0 || alpha == 255) continue;
      let result = alpha << 24;
      for (let c = 0; c < 24; c += 8) result |= min(255, (255 * ((pixel >> c) & 255)) / alpha) << c;
      store<u32>(q + x, result);
    }
  }
}
