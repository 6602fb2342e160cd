/**
 * What libjpeg makes of an image, without the entropy coding that loses nothing: colours, chroma at lower
 * resolution, the accurate integer DCT (Loeffler, Ligtenberg and Moschytz, 1989; constants of 13 bits), rounding to
 * multiples of the steps, and all of it back. Integers throughout, so every result is exact.
 */

@inline
function times(value: v128, factor: i32): v128 {
  return i32x4.mul(value, i32x4.splat(factor));
}

@inline
function plus(first: v128, second: v128): v128 {
  return i32x4.add(first, second);
}

@inline
function minus(first: v128, second: v128): v128 {
  return i32x4.sub(first, second);
}

/** Four columns of a block at a time; `bits` is 11 in the first pass and 15 in the second one. */
@inline
function forward(block: usize, bits: i32): void {
  for (let p = block; p < block + 32; p += 16) {
    const v0 = v128.load(p, 0);
    const v1 = v128.load(p, 32);
    const v2 = v128.load(p, 64);
    const v3 = v128.load(p, 96);
    const v4 = v128.load(p, 128);
    const v5 = v128.load(p, 160);
    const v6 = v128.load(p, 192);
    const v7 = v128.load(p, 224);
    const half = i32x4.splat(1 << (bits - 1));
    const d0 = minus(v0, v7);
    const d1 = minus(v1, v6);
    const d2 = minus(v2, v5);
    const d3 = minus(v3, v4);
    const s0 = plus(v0, v7);
    const s3 = plus(v3, v4);
    const s1 = plus(v1, v6);
    const s2 = plus(v2, v5);
    const a = plus(s0, s3);
    const b = plus(s1, s2);
    const c = minus(s0, s3);
    const d = minus(s1, s2);
    const two = i32x4.splat(2);
    v128.store(p, bits == 11 ? i32x4.shl(plus(a, b), 2) : i32x4.shr_s(plus(plus(a, b), two), 2), 0);
    v128.store(p, bits == 11 ? i32x4.shl(minus(a, b), 2) : i32x4.shr_s(plus(minus(a, b), two), 2), 128);
    const turned = plus(times(plus(c, d), 4433), half);
    v128.store(p, i32x4.shr_s(plus(turned, times(c, 6270)), bits), 64);
    v128.store(p, i32x4.shr_s(minus(turned, times(d, 15137)), bits), 192);
    const common = plus(times(plus(plus(d0, d1), plus(d2, d3)), 9633), half);
    const outer = times(plus(d3, d0), -7373);
    const inner = times(plus(d2, d1), -20995);
    const odd = minus(common, times(plus(d3, d1), 16069));
    const even = minus(common, times(plus(d2, d0), 3196));
    v128.store(p, i32x4.shr_s(plus(plus(times(d3, 2446), outer), odd), bits), 224);
    v128.store(p, i32x4.shr_s(plus(plus(times(d2, 16819), inner), even), bits), 160);
    v128.store(p, i32x4.shr_s(plus(plus(times(d1, 25172), inner), odd), bits), 96);
    v128.store(p, i32x4.shr_s(plus(plus(times(d0, 12299), outer), even), bits), 32);
  }
}

/** The way back; `bits` is 11 in the first pass and 18 in the second one. */
@inline
function inverse(block: usize, bits: i32): void {
  for (let p = block; p < block + 32; p += 16) {
    const v0 = v128.load(p, 0);
    const v1 = v128.load(p, 32);
    const v2 = v128.load(p, 64);
    const v3 = v128.load(p, 96);
    const v4 = v128.load(p, 128);
    const v5 = v128.load(p, 160);
    const v6 = v128.load(p, 192);
    const v7 = v128.load(p, 224);
    const half = i32x4.splat(1 << (bits - 1));
    const turned = times(plus(v2, v6), 4433);
    const low = plus(turned, times(v2, 6270));
    const high = minus(turned, times(v6, 15137));
    const sum = plus(i32x4.shl(plus(v0, v4), 13), half);
    const difference = plus(i32x4.shl(minus(v0, v4), 13), half);
    const e0 = plus(sum, low);
    const e3 = minus(sum, low);
    const e1 = plus(difference, high);
    const e2 = minus(difference, high);
    const common = times(plus(plus(v1, v3), plus(v5, v7)), 9633);
    const outer = times(plus(v7, v1), -7373);
    const inner = times(plus(v5, v3), -20995);
    const odd = minus(common, times(plus(v7, v3), 16069));
    const even = minus(common, times(plus(v5, v1), 3196));
    const o3 = plus(plus(times(v7, 2446), outer), odd);
    const o2 = plus(plus(times(v5, 16819), inner), even);
    const o1 = plus(plus(times(v3, 25172), inner), odd);
    const o0 = plus(plus(times(v1, 12299), outer), even);
    v128.store(p, i32x4.shr_s(plus(e0, o0), bits), 0);
    v128.store(p, i32x4.shr_s(minus(e0, o0), bits), 224);
    v128.store(p, i32x4.shr_s(plus(e1, o1), bits), 32);
    v128.store(p, i32x4.shr_s(minus(e1, o1), bits), 192);
    v128.store(p, i32x4.shr_s(plus(e2, o2), bits), 64);
    v128.store(p, i32x4.shr_s(minus(e2, o2), bits), 160);
    v128.store(p, i32x4.shr_s(plus(e3, o3), bits), 96);
    v128.store(p, i32x4.shr_s(minus(e3, o3), bits), 128);
  }
}

/** Exchanges rows and columns of 4 x 4 values at `from`, and stores them at `to`. */
@inline
function turnInto(p0: v128, p1: v128, p2: v128, p3: v128, to: usize): void {
  const a = v128.shuffle<i32>(p0, p1, 0, 4, 1, 5);
  const b = v128.shuffle<i32>(p2, p3, 0, 4, 1, 5);
  const c = v128.shuffle<i32>(p0, p1, 2, 6, 3, 7);
  const d = v128.shuffle<i32>(p2, p3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(a, b, 0, 2), 0);
  v128.store(to, v128.shuffle<i64>(a, b, 1, 3), 32);
  v128.store(to, v128.shuffle<i64>(c, d, 0, 2), 64);
  v128.store(to, v128.shuffle<i64>(c, d, 1, 3), 96);
}

function turn(block: usize): void {
  turnCorner(block);
  turnCorner(block + 144);
  const a = v128.load(block, 16);
  const b = v128.load(block, 48);
  const c = v128.load(block, 80);
  const d = v128.load(block, 112);
  turnInto(v128.load(block, 128), v128.load(block, 160), v128.load(block, 192), v128.load(block, 224), block + 16);
  turnInto(a, b, c, d, block + 128);
}

@inline
function turnCorner(p: usize): void {
  turnInto(v128.load(p), v128.load(p, 32), v128.load(p, 64), v128.load(p, 96), p);
}

/** Nearest multiples of the steps, with the bits of all that are not zero, but for the mean. */
@inline
function quantise(block: usize, steps: usize, inverses: usize): bool {
  let kept = i32x4.splat(0);
  for (let i: usize = 0; i < 256; i += 16) {
    const v = v128.load(block + i);
    const low = f64x2.mul(f64x2.convert_low_i32x4_s(v), v128.load(inverses + 2 * i));
    const upper = v128.shuffle<i64>(v, v, 1, 1);
    const high = f64x2.mul(f64x2.convert_low_i32x4_s(upper), v128.load(inverses + 2 * i, 16));
    const first = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(low));
    const level = v128.shuffle<i64>(first, i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(high)), 0, 2);
    kept = v128.or(kept, i == 0 ? i32x4.replace_lane(level, 0, 0) : level);
    v128.store(block + i, i32x4.mul(level, v128.load(steps + i)));
  }
  return v128.any_true(kept);
}

function compressPlane(samples: usize, stride: i32, rows: i32, steps: usize, inverses: usize, block: usize): void {
  const centre = i16x8.splat(128);
  for (let y = 0; y < rows; y += 8) {
    for (let x = 0; x < stride; x += 8) {
      const corner = samples + y * stride + x;
      for (let i = 0; i < 8; i++) {
        const row = i16x8.sub(v128.load8x8_u(corner + i * stride), centre);
        v128.store(block + (i << 5), i32x4.extend_low_i16x8_s(row));
        v128.store(block + (i << 5), i32x4.extend_high_i16x8_s(row), 16);
      }
      turn(block);
      forward(block, 11);
      turn(block);
      forward(block, 15);
      if (!quantise(block, steps, inverses)) {
        const mean = <u64>min(255, max(0, ((load<i32>(block) + 4) >> 3) + 128)) * 0x0101010101010101;
        for (let i = 0; i < 8; i++) store<u64>(corner + i * stride, mean);
        continue;
      }
      inverse(block, 11);
      turn(block);
      inverse(block, 18);
      turn(block);
      for (let i = 0; i < 8; i++) {
        const p = block + (i << 5);
        const row = i16x8.add_sat_s(i16x8.narrow_i32x4_s(v128.load(p), v128.load(p, 16)), centre);
        v128.store64_lane(corner + i * stride, i8x16.narrow_i16x8_u(row, row), 0);
      }
    }
  }
}

@inline
function byteLevel(at: usize): v128 {
  const value = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), f32x4.splat(255))));
  return i32x4.min_s(i32x4.max_s(value, i32x4.splat(0)), i32x4.splat(255));
}

@inline
function storeLevels(at: usize, value: v128): void {
  const words = i16x8.narrow_i32x4_s(i32x4.shr_s(value, 16), i32x4.splat(0));
  v128.store32_lane(at, i8x16.narrow_i16x8_u(words, words), 0);
}

/** JFIF colours in integers of 16 bits after the point; the last column is repeated up to the stride. */
function toLumaChroma(
  data: usize, width: i32, height: i32, stride: i32,
  luma: usize, blue: usize, red: usize,
): void {
  const plane = <usize>(width * height) << 2;
  const half = i32x4.splat(32768);
  const centre = i32x4.splat((128 << 16) + 32767);
  for (let y = 0; y < height; y++) {
    const to = y * stride;
    let p = data + ((y * width) << 2);
    for (let x = 0; x < width; x += 4) {
      const r = byteLevel(p);
      const g = byteLevel(p + plane);
      const b = byteLevel(p + 2 * plane);
      storeLevels(luma + to + x, plus(plus(times(r, 19595), times(g, 38470)), plus(times(b, 7471), half)));
      storeLevels(blue + to + x, plus(minus(minus(times(b, 32768), times(r, 11059)), times(g, 21709)), centre));
      storeLevels(red + to + x, plus(minus(minus(times(r, 32768), times(g, 27439)), times(b, 5329)), centre));
      p += 16;
    }
    for (let x = width; x < stride; x++) {
      store<u8>(luma + to + x, load<u8>(luma + to + width - 1));
      store<u8>(blue + to + x, load<u8>(blue + to + width - 1));
      store<u8>(red + to + x, load<u8>(red + to + width - 1));
    }
  }
}

@inline
function wide(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
}

@inline
function unitLevel(value: v128): v128 {
  const level = i32x4.min_s(i32x4.max_s(value, i32x4.splat(0)), i32x4.splat(255));
  return f32x4.div(f32x4.convert_i32x4_s(level), f32x4.splat(255));
}

@inline
function storeValues(at: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, value);
    return;
  }
  f32.store(at, f32x4.extract_lane(value, 0));
  if (count > 1) f32.store(at, f32x4.extract_lane(value, 1), 4);
  if (count > 2) f32.store(at, f32x4.extract_lane(value, 2), 8);
}

function toRgb(
  data: usize, width: i32, height: i32, stride: i32,
  luma: usize, blue: usize, red: usize,
): void {
  const plane = <usize>(width * height) << 2;
  const centre = i32x4.splat(128);
  const half = i32x4.splat(32768);
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    let p = data + ((y * width) << 2);
    for (let x = 0; x < width; x += 4) {
      const level = wide(luma + from + x);
      const cb = minus(wide(blue + from + x), centre);
      const cr = minus(wide(red + from + x), centre);
      const left = width - x;
      storeValues(p, unitLevel(plus(level, i32x4.shr_s(plus(times(cr, 91881), half), 16))), left);
      const green = minus(minus(half, times(cb, 22554)), times(cr, 46802));
      storeValues(p + plane, unitLevel(plus(level, i32x4.shr_s(green, 16))), left);
      storeValues(p + 2 * plane, unitLevel(plus(level, i32x4.shr_s(plus(times(cb, 116130), half), 16))), left);
      p += 16;
    }
  }
}

function repeatLastRow(samples: usize, stride: i32, height: i32, rows: i32): void {
  for (let y = height; y < rows; y++) memory.copy(samples + y * stride, samples + (height - 1) * stride, stride);
}

/** Half the width, and half the height if `down` is 2; the rounding alternates. The stride is a multiple of 16. */
function reduceChroma(samples: usize, stride: i32, height: i32, down: i32, reduced: usize): void {
  const rows = (height + down - 1) / down;
  let to = reduced;
  for (let y = 0; y < rows; y++) {
    const a = samples + y * down * stride;
    const b = samples + min(2 * y + 1, height - 1) * stride;
    for (let x = 0; x < stride; x += 16) {
      let sum = i16x8.extadd_pairwise_i8x16_u(v128.load(a + x));
      if (down == 1) {
        sum = i16x8.shr_u(i16x8.add(sum, i16x8(0, 1, 0, 1, 0, 1, 0, 1)), 1);
      } else {
        sum = i16x8.add(sum, i16x8.extadd_pairwise_i8x16_u(v128.load(b + x)));
        sum = i16x8.shr_u(i16x8.add(sum, i16x8(1, 2, 1, 2, 1, 2, 1, 2)), 2);
      }
      v128.store64_lane(to, i8x16.narrow_i16x8_u(sum, sum), 0);
      to += 8;
    }
  }
}

/**
 * Back to full resolution with weights 3/4 and 1/4 in each halved direction. `line` has room for width + 18 words.
 * What a row gets beyond its `width` is never read.
 */
function enlargeChroma(
  reduced: usize, samples: usize, stride: i32, height: i32, width: i32, down: i32, line: usize,
): void {
  const reducedStride = stride >> 1;
  const last = (height + down - 1) / down - 1;
  const bits = down == 1 ? 2 : 4;
  const left = i16x8.splat(down == 1 ? 1 : 8);
  const right = i16x8.splat(down == 1 ? 2 : 7);
  const three = i16x8.splat(3);
  for (let y = 0; y < height; y++) {
    const row = down == 1 ? y : y >> 1;
    const near = reduced + row * reducedStride;
    const far = reduced + min(last, max(0, y & 1 ? row + 1 : row - 1)) * reducedStride;
    const to = samples + y * stride;
    if (width <= 2) {
      for (let x = 0; x < 2 * width; x++) store<u8>(to + x, load<u8>(near + (x >> 1)));
      continue;
    }
    for (let x = 0; x < width; x += 8) {
      const own = v128.load8x8_u(near + x);
      const value = down == 1 ? own : i16x8.add(i16x8.mul(own, three), v128.load8x8_u(far + x));
      v128.store(line + (x << 1), value, 2);
    }
    store<u16>(line, load<u16>(line, 2));
    store<u16>(line + (width << 1), load<u16>(line + (width << 1)), 2);
    for (let x = 0; x < width; x += 8) {
      const p = line + (x << 1);
      const value = i16x8.mul(v128.load(p, 2), three);
      const even = i16x8.shr_u(i16x8.add(i16x8.add(value, v128.load(p)), left), bits);
      const odd = i16x8.shr_u(i16x8.add(i16x8.add(value, v128.load(p, 4)), right), bits);
      v128.store(to + 2 * x, v128.or(even, i16x8.shl(odd, 8)));
    }
  }
}

/**
 * The round trip of an image in planar values, in place. `tables`: 64 steps (int32) and 64 factors (float64) for luma,
 * then for chroma. `scratch` has room for four planes of stride * rows bytes, and 2 * stride + 1024 bytes more.
 */
export function jpegCodec(
  data: usize, width: i32, height: i32, across: i32, down: i32, tables: usize, scratch: usize,
): void {
  const stride = (width + 8 * across - 1) / (8 * across) * (8 * across);
  const rows = (height + 8 * down - 1) / (8 * down) * (8 * down);
  const lumaRows = (height + 7) & ~7;
  const plane = stride * rows;
  const block = scratch;
  const line = scratch + 256;
  const luma = line + 2 * stride + 256;
  const blue = luma + plane;
  const reduced = luma + 3 * plane;
  toLumaChroma(data, width, height, stride, luma, blue, blue + plane);
  repeatLastRow(luma, stride, height, lumaRows);
  compressPlane(luma, stride, lumaRows, tables, tables + 256, block);
  const steps = tables + 768;
  const inverses = steps + 256;
  for (let i = 0; i < 2; i++) {
    const samples = blue + i * plane;
    if (across == 1) {
      repeatLastRow(samples, stride, height, rows);
      compressPlane(samples, stride, rows, steps, inverses, block);
      continue;
    }
    reduceChroma(samples, stride, height, down, reduced);
    repeatLastRow(reduced, stride >> 1, (height + down - 1) / down, rows / down);
    compressPlane(reduced, stride >> 1, rows / down, steps, inverses, block);
    enlargeChroma(reduced, samples, stride, height, (width + 1) >> 1, down, line);
  }
  toRgb(data, width, height, stride, luma, blue, blue + plane);
}
