/**
 * Undoes the row filters of PNG (third edition, section 9) for RGB of 8 bits, in place in shared memory: what inflate
 * gave lies behind the place of the picture and is consumed as the picture grows.
 */

const CHANNELS: usize = 3;

@inline
function pixel(at: usize): v128 {
  return v128.load32_zero(at);
}

/** Writes one byte more than the pixel has: the first of the next one, which is still to come. */
@inline
function put(at: usize, value: v128): void {
  v128.store_lane<u32>(at, value, 0);
}

@inline
function putLast(at: usize, value: v128): void {
  v128.store_lane<u16>(at, value, 0);
  v128.store_lane<u8>(at + 2, value, 2);
}

function sub(raw: usize, out: usize, length: usize): void {
  let left = i32x4.splat(0);
  const last = raw + length - CHANNELS;
  for (; raw < last; raw += CHANNELS, out += CHANNELS) {
    left = i8x16.add(pixel(raw), left);
    put(out, left);
  }
  putLast(out, i8x16.add(pixel(raw), left));
}

function up(raw: usize, above: usize, out: usize, length: usize): void {
  const whole = raw + (length & ~15);
  const end = raw + length;
  for (; raw < whole; raw += 16, above += 16, out += 16)
    v128.store(out, i8x16.add(v128.load(raw), v128.load(above)));
  for (; raw < end; raw++, above++, out++) store<u8>(out, load<u8>(raw) + load<u8>(above));
}

/** Half the sum, rounded down; the instruction rounds up. */
@inline
function half(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)));
}

/** `seen` is all ones, or zero where nothing lies above. */
function average(raw: usize, above: usize, out: usize, length: usize, seen: v128): void {
  let left = i32x4.splat(0);
  const last = raw + length - CHANNELS;
  for (; raw < last; raw += CHANNELS, above += CHANNELS, out += CHANNELS) {
    left = i8x16.add(pixel(raw), half(left, v128.and(pixel(above), seen)));
    put(out, left);
  }
  putLast(out, i8x16.add(pixel(raw), half(left, v128.and(pixel(above), seen))));
}

/** Of left, above and corner the one nearest to left + above - corner; ties go to the earlier one. 16-bit lanes. */
@inline
function nearest(left: v128, above: v128, corner: v128): v128 {
  const b = i16x8.sub(above, corner);
  const a = i16x8.sub(left, corner);
  const pa = i16x8.abs(b);
  const pb = i16x8.abs(a);
  const pc = i16x8.abs(i16x8.add(a, b));
  const other = v128.bitselect(corner, above, i16x8.gt_s(pb, pc));
  return v128.bitselect(other, left, i16x8.gt_s(pa, i16x8.min_s(pb, pc)));
}

@inline
function wide(at: usize): v128 {
  return i16x8.extend_low_i8x16_u(pixel(at));
}

@inline
function narrow(lanes: v128): v128 {
  return i8x16.narrow_i16x8_u(lanes, lanes);
}

function paeth(raw: usize, above: usize, out: usize, length: usize): void {
  const bytes = i16x8.splat(255);
  let left = i32x4.splat(0);
  let corner = left;
  const last = raw + length - CHANNELS;
  for (; raw < last; raw += CHANNELS, above += CHANNELS, out += CHANNELS) {
    const b = wide(above);
    left = v128.and(i16x8.add(wide(raw), nearest(left, b, corner)), bytes);
    corner = b;
    put(out, narrow(left));
  }
  putLast(out, narrow(v128.and(i16x8.add(wide(raw), nearest(left, wide(above), corner)), bytes)));
}

/**
 * Two rows of that filter in one chain of instructions, the lower row a pixel behind: what is above its pixel is the
 * pixel to the left in the upper row. Twice as fast, since every pixel has to wait for the one before it.
 */
function paethTwice(raw: usize, above: usize, out: usize, length: usize): void {
  const bytes = i16x8.splat(255);
  const lowerOut = out + length;
  const lowerRaw = raw + length + 1 - CHANNELS;
  let left = i32x4.splat(0);
  let corner = left;
  // The upper row's first pixel.
  const first = wide(above);
  left = v128.and(i16x8.add(wide(raw), nearest(left, first, corner)), bytes);
  left = v128.and(left, i64x2(-1, 0));
  put(out, narrow(left));
  corner = first;
  let at: usize = CHANNELS;
  for (; at < length; at += CHANNELS) {
    const x = i64x2.shuffle(wide(raw + at), wide(lowerRaw + at), 0, 2);
    const b = i64x2.shuffle(wide(above + at), left, 0, 2);
    left = v128.and(i16x8.add(x, nearest(left, b, corner)), bytes);
    corner = b;
    const both = narrow(left);
    v128.store_lane<u16>(out + at, both, 0);
    v128.store_lane<u8>(out + at + 2, both, 2);
    v128.store_lane<u32>(lowerOut + at - CHANNELS, both, 1);
  }
  // The lower row's last pixel.
  const x = i64x2.shuffle(left, wide(lowerRaw + at), 0, 2);
  const b = i64x2.shuffle(left, left, 0, 0);
  const done = narrow(v128.and(i16x8.add(x, nearest(left, b, corner)), bytes));
  putLast(lowerOut + at - CHANNELS, i8x16.shuffle(done, done, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7));
}

/**
 * Rows of `raw` are a filter's number and `length` bytes; `raw` is at least `rows + length` bytes behind `out`, or
 * elsewhere, and 4 bytes behind it may be read. Returns the row whose filter does not exist, or -1.
 */
export function unfilter(raw: usize, out: usize, length: i32, rows: i32): i32 {
  for (let y = 0; y < rows; y++) {
    const kind = load<u8>(raw);
    // Nothing lies above the first row, perhaps not even memory.
    const above = y == 0 ? out : out - length;
    if (kind == 0) memory.copy(out, raw + 1, length);
    else if (kind == 1) sub(raw + 1, out, length);
    else if (kind == 2 && y == 0) memory.copy(out, raw + 1, length);
    else if (kind == 2) up(raw + 1, above, out, length);
    else if (kind == 3) average(raw + 1, above, out, length, i8x16.splat(y == 0 ? 0 : -1));
    else if (kind == 4 && y == 0) sub(raw + 1, out, length);
    else if (kind == 4) {
      if (y + 1 < rows && load<u8>(raw + 1 + length) == 4) {
        paethTwice(raw + 1, above, out, length);
        raw += 1 + length;
        out += length;
        y++;
      } else paeth(raw + 1, above, out, length);
    } else return y;
    raw += 1 + length;
    out += length;
  }
  return -1;
}
