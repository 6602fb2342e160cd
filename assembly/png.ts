/**
 * Kernels for writing PNG: row filters, and the checksum of zlib. They hold no data of their own, and work in
 * the memory that the caller imports into them.
 */

/** What lies before and above the first pixel counts as zero: as many bytes before every row of the image. */
const MARGIN: usize = 16;

/** The absolute values of filtered bytes (two's complement), summed to 32 bits in four lanes. */
@inline
function magnitude(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.abs(bytes)));
}

@inline
function total(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}

/** Half the sum, rounded down; the instruction rounds up. */
@inline
function average(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)));
}

/** Whichever of left, above and above left is nearest to left + above - above left; ties go to the earlier one. */
@inline
function paeth(a: v128, b: v128, c: v128): v128 {
  const below = i8x16.sub_sat_u(c, b);
  const left = i8x16.sub_sat_u(c, a);
  const pa = v128.or(i8x16.sub_sat_u(b, c), below);
  const pb = v128.or(i8x16.sub_sat_u(a, c), left);
  // b - c and a - c add up when they have the same sign, which saturation leaves larger than either.
  const zero = i8x16.splat(0);
  const apart = v128.xor(i8x16.eq(below, zero), i8x16.eq(left, zero));
  const difference = v128.or(i8x16.sub_sat_u(pa, pb), i8x16.sub_sat_u(pb, pa));
  const pc = v128.bitselect(difference, i8x16.add_sat_u(pa, pb), apart);
  const aboveOrCorner = v128.bitselect(b, c, i8x16.le_u(pb, pc));
  return v128.bitselect(a, aboveOrCorner, i8x16.le_u(pa, i8x16.min_u(pb, pc)));
}

/**
 * Filters the rows of an image, each with the filter (None, Sub, Up, Average, Paeth) whose bytes have the smallest
 * sum of absolute values, the first of equal ones: what the PNG specification recommends. Rows of the source are
 * `pitch` bytes apart, start 16 bytes after it, and are followed by at least 15 bytes more; a row of zeros lies
 * before `source`, and the 16 bytes before every row are zero. A row of the result is its filter's number, then
 * `length` bytes. `work` has room for four rows of `pitch` bytes.
 */
export function filter(source: usize, pitch: i32, rows: i32, length: i32, channels: i32, out: usize, work: usize): void {
  const sub = work;
  const up = work + pitch;
  const mean = up + pitch;
  const nearest = mean + pitch;
  const whole = length & ~15;
  const rest = i8x16.lt_u(
    i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    i8x16.splat(<i8>(length & 15)),
  );
  for (let y = 0; y < rows; y++) {
    const row = source + MARGIN;
    let none = i32x4.splat(0);
    let s = none;
    let u = none;
    let m = none;
    let n = none;
    for (let i = 0; i < length; i += 16) {
      const p = row + i;
      const x = v128.load(p);
      const a = v128.load(p - channels);
      const b = v128.load(p - pitch);
      const c = v128.load(p - pitch - channels);
      const keep = i < whole ? i8x16.splat(-1) : rest;
      const bySub = v128.and(i8x16.sub(x, a), keep);
      const byUp = v128.and(i8x16.sub(x, b), keep);
      const byMean = v128.and(i8x16.sub(x, average(a, b)), keep);
      const byNearest = v128.and(i8x16.sub(x, paeth(a, b, c)), keep);
      none = i32x4.add(none, magnitude(v128.and(x, keep)));
      s = i32x4.add(s, magnitude(bySub));
      u = i32x4.add(u, magnitude(byUp));
      m = i32x4.add(m, magnitude(byMean));
      n = i32x4.add(n, magnitude(byNearest));
      v128.store(sub + i, bySub);
      v128.store(up + i, byUp);
      v128.store(mean + i, byMean);
      v128.store(nearest + i, byNearest);
    }
    let best = total(none);
    let kind = 0;
    let from = row;
    if (total(s) < best) {
      best = total(s);
      kind = 1;
      from = sub;
    }
    if (total(u) < best) {
      best = total(u);
      kind = 2;
      from = up;
    }
    if (total(m) < best) {
      best = total(m);
      kind = 3;
      from = mean;
    }
    if (total(n) < best) {
      kind = 4;
      from = nearest;
    }
    store<u8>(out, kind);
    memory.copy(out + 1, from, length);
    out += length + 1;
    source += pitch;
  }
}

/** The most blocks of 16 bytes whose sums stay below 2^32. */
const BLOCKS: i32 = 347;
const PRIME: u32 = 65521;

/** Adler-32, the checksum of zlib, going on from `start`: that of the bytes before, or 1. */
export function adler32(from: usize, length: i32, start: u32): u32 {
  const high = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const low = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  let a = start & 0xffff;
  let b = start >> 16;
  let blocks = length >> 4;
  while (blocks > 0) {
    const count = min(blocks, BLOCKS);
    let sums = i32x4.splat(0);
    let before = sums;
    let weighted = sums;
    for (const end = from + (<usize>count << 4); from < end; from += 16) {
      const x = v128.load(from);
      before = i32x4.add(before, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(x)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(x), high));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(x), low));
    }
    b = (b + a * <u32>(count << 4) + (<u32>total(before) << 4) + <u32>total(weighted)) % PRIME;
    a = (a + <u32>total(sums)) % PRIME;
    blocks -= count;
  }
  for (let i = 0; i < (length & 15); i++) {
    a += load<u8>(from + i);
    b += a;
  }
  return ((b % PRIME) << 16) | (a % PRIME);
}
