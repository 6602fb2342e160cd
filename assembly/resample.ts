/**
 * Kernels of the 8-bit Lanczos resampler. They hold no data of their own: everything lies in the memory
 * that the caller imports into them, so any number of threads may run them in one shared memory.
 *
 * Both passes sum "pairs": two neighbouring input positions (columns, then rows), 48 lanes of two int16 each.
 * In the horizontal pass the lanes are the channels of 16 rows of RGB or 12 of RGBA in one column; in the vertical
 * pass those of 16 columns of RGB or 12 of RGBA in one row: a strip. A buffer of pairs is read with one weight for
 * all lanes, so the products of two positions come from one instruction, and no lane stays empty.
 *
 * Taps, per output position, `tapsStride` bytes apart: where the first pair lies (int32, bytes from pair 0), the
 * bytes of weights (int32), then per pair two int16 weights (14 fractional bits), or two low parts and two high
 * parts of weights of 22 fractional bits (weight = high * 2^11 + low).
 */

/** Bytes from pair to pair: 48 lanes, and room for what a store of 16 bytes writes behind them. */
const PAIR: usize = 208;
/** Bytes of 48 lanes after summing. */
const LANES: i32 = 48;

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

/** The eight bytes at `p`, of which only `left` are there. */
function tail(p: usize, left: i32): v128 {
  let value: u64 = 0;
  for (let i = 0; i < min(left, 8); i++) value |= <u64>load<u8>(p + i) << (i << 3);
  return i64x2(value, 0);
}

/** Pairs of RGB from two pixels: red, red, green, green, blue, blue; and from the two pixels after them. */
const FIRST_TWO = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
const NEXT_TWO = i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);

/**
 * Columns of 16 rows of RGB as pairs of columns. Rows that are not there repeat the last one. What a store writes behind its row is overwritten by the next row's.
 */
function pairColumns3(source: usize, stride: i32, rows: i32, length: i32, pairs: usize): void {
  for (let y = 0; y < 16; y += 4) {
    const p0 = source + min(y, rows - 1) * stride;
    const p1 = source + min(y + 1, rows - 1) * stride;
    const p2 = source + min(y + 2, rows - 1) * stride;
    const p3 = source + min(y + 3, rows - 1) * stride;
    let out = pairs + y * 12;
    let x = 0;
    for (; x + 15 < length; x += 12) {
      const a = v128.load(p0 + x);
      const b = v128.load(p1 + x);
      const c = v128.load(p2 + x);
      const d = v128.load(p3 + x);
      v128.store(out, i8x16.swizzle(a, FIRST_TWO), 0);
      v128.store(out, i8x16.swizzle(b, FIRST_TWO), 12);
      v128.store(out, i8x16.swizzle(c, FIRST_TWO), 24);
      v128.store(out, i8x16.swizzle(d, FIRST_TWO), 36);
      v128.store(out, i8x16.swizzle(a, NEXT_TWO), PAIR);
      v128.store(out, i8x16.swizzle(b, NEXT_TWO), PAIR + 12);
      v128.store(out, i8x16.swizzle(c, NEXT_TWO), PAIR + 24);
      v128.store(out, i8x16.swizzle(d, NEXT_TWO), PAIR + 36);
      out += 2 * PAIR;
    }
    for (; x < length; x += 6) {
      const left = length - x;
      v128.store(out, i8x16.swizzle(tail(p0 + x, left), FIRST_TWO), 0);
      v128.store(out, i8x16.swizzle(tail(p1 + x, left), FIRST_TWO), 12);
      v128.store(out, i8x16.swizzle(tail(p2 + x, left), FIRST_TWO), 24);
      v128.store(out, i8x16.swizzle(tail(p3 + x, left), FIRST_TWO), 36);
      out += PAIR;
    }
  }
}

/** The same for 12 rows of RGBA. */
function pairColumns4(source: usize, stride: i32, rows: i32, length: i32, pairs: usize): void {
  const order = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
  for (let y = 0; y < 12; y++) {
    const p = source + min(y, rows - 1) * stride;
    let out = pairs + y * 16;
    let x = 0;
    for (; x + 7 < length; x += 8) {
      v128.store(out, i8x16.swizzle(v128.load64_zero(p + x), order));
      out += PAIR;
    }
    if (x < length) v128.store(out, i8x16.swizzle(tail(p + x, length - x), order));
  }
}

/** Sums of `count` columns (bytes of 16 rows of RGB) to pairs of rows in one strip after the other. */
function pairRows3(sums: usize, count: i32, strips: usize, stripBytes: i32): void {
  for (let x = 0; x < count; x += 16) {
    let to = strips;
    const last = sums + min(16, count - x) * LANES;
    for (; sums < last; sums += LANES) {
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 0), FIRST_TWO), 0);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 6), FIRST_TWO), 1 * PAIR);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 12), FIRST_TWO), 2 * PAIR);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 18), FIRST_TWO), 3 * PAIR);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 24), FIRST_TWO), 4 * PAIR);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 30), FIRST_TWO), 5 * PAIR);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 36), FIRST_TWO), 6 * PAIR);
      v128.store(to, i8x16.swizzle(v128.load64_zero(sums, 42), FIRST_TWO), 7 * PAIR);
      to += 12;
    }
    strips += stripBytes;
  }
}

/** The same for 12 rows of RGBA. */
function pairRows4(sums: usize, count: i32, strips: usize, stripBytes: i32): void {
  const order = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
  for (let x = 0; x < count; x += 12) {
    let to = strips;
    const last = sums + min(12, count - x) * LANES;
    for (; sums < last; sums += LANES) {
      for (let y: usize = 0; y < 6; y++)
        v128.store(to + y * PAIR, i8x16.swizzle(v128.load64_zero(sums + y * 8), order));
      to += 16;
    }
    strips += stripBytes;
  }
}

/** All columns of up to 16 rows of RGB, or 12 of RGBA, as pairs of columns. */
export function pairColumns(source: usize, stride: i32, rows: i32, width: i32, channels: i32, pairs: usize): void {
  if (channels == 3) pairColumns3(source, stride, rows, width * 3, pairs);
  else pairColumns4(source, stride, rows, width * 4, pairs);
}

/**
 * The horizontal pass from pairs of columns to pairs of rows in strips. `chunk` (a multiple of 48) output columns
 * are made at a time; `work` has room for 48 bytes of each and 8 bytes more.
 */
export function across(
  pairs: usize, channels: i32,
  taps: usize, tapsStride: i32, exact: bool, outWidth: i32, chunk: i32,
  strips: usize, stripBytes: i32, work: usize,
): void {
  const stripsPerChunk = chunk / (channels == 3 ? 16 : 12);
  for (let x = 0; x < outWidth; x += chunk) {
    const count = min(chunk, outWidth - x);
    sum(exact, pairs, taps, tapsStride, count, work, LANES);
    if (channels == 3) pairRows3(work, count, strips, stripBytes);
    else pairRows4(work, count, strips, stripBytes);
    taps += chunk * tapsStride;
    strips += stripsPerChunk * stripBytes;
  }
}

/**
 * The vertical pass from strips to `count` rows of `length` bytes; `base` is the pair that the strips start with.
 * `work` has room for 48 bytes of each row.
 */
export function down(
  strips: usize, stripBytes: i32, base: i32,
  taps: usize, tapsStride: i32, exact: bool, count: i32,
  out: usize, outStride: i32, length: i32, work: usize,
): void {
  let pairs = strips - <usize>base * PAIR;
  for (; length >= LANES; length -= LANES) {
    sum(exact, pairs, taps, tapsStride, count, out, outStride);
    pairs += stripBytes;
    out += LANES;
  }
  if (length == 0) return;
  sum(exact, pairs, taps, tapsStride, count, work, LANES);
  for (let y = 0; y < count; y++) memory.copy(out + y * outStride, work + y * LANES, length);
}

/** Moves `count` pairs of each strip, from pair `from` on, to the strip's start. */
export function slide(strips: usize, stripBytes: i32, stripCount: i32, from: i32, count: i32): void {
  for (let s = 0; s < stripCount; s++) {
    const to = strips + s * stripBytes;
    const move = <usize>from * PAIR;
    const last = to + <usize>count * PAIR;
    for (let p = to; p < last; p += 16) v128.store(p, v128.load(p + move));
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
