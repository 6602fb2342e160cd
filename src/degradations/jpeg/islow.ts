/*
 * The accurate integer DCT that libjpeg uses by default: Loeffler, Ligtenberg and Moschytz (1989) with constants of
 * 13 bits and 2 extra bits between the passes. Every rounding is as there, so the results are equal bit for
 * bit. In place on eight numbers that lie `step` apart; `shift` bits are rounded away.
 */
const imul = Math.imul;

/** Constants times 2^13. */
const f0298 = 2446;
const f0390 = 3196;
const f0541 = 4433;
const f0765 = 6270;
const f0899 = 7373;
const f1175 = 9633;
const f1501 = 12299;
const f1847 = 15137;
const f1961 = 16069;
const f2053 = 16819;
const f2562 = 20995;
const f3072 = 25172;

/** Rows first (bits 11, the even ends are scaled up by 4), then columns (bits 15, they are scaled down by 4). */
export function forwardInteger(v: Int32Array, at: number, step: number, bits: 11 | 15): void {
  const i1 = at + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const half = 1 << (bits - 1);
  const s0 = (v[at] + v[i7]) | 0;
  const d0 = (v[at] - v[i7]) | 0;
  const s1 = (v[i1] + v[i6]) | 0;
  const d1 = (v[i1] - v[i6]) | 0;
  const s2 = (v[i2] + v[i5]) | 0;
  const d2 = (v[i2] - v[i5]) | 0;
  const s3 = (v[i3] + v[i4]) | 0;
  const d3 = (v[i3] - v[i4]) | 0;
  const a = (s0 + s3) | 0;
  const b = (s1 + s2) | 0;
  const c = (s0 - s3) | 0;
  const d = (s1 - s2) | 0;
  v[at] = bits === 11 ? (a + b) << 2 : (a + b + 2) >> 2;
  v[i4] = bits === 11 ? (a - b) << 2 : (a - b + 2) >> 2;
  const turned = (imul(c + d, f0541) + half) | 0;
  v[i2] = (turned + imul(c, f0765)) >> bits;
  v[i6] = (turned - imul(d, f1847)) >> bits;
  const common = (imul(d0 + d1 + d2 + d3, f1175) + half) | 0;
  const outer = imul(d3 + d0, -f0899) | 0;
  const inner = imul(d2 + d1, -f2562);
  const odd = (common - imul(d3 + d1, f1961)) | 0;
  const even = (common - imul(d2 + d0, f0390)) | 0;
  v[i7] = (imul(d3, f0298) + outer + odd) >> bits;
  v[i5] = (imul(d2, f2053) + inner + even) >> bits;
  v[i3] = (imul(d1, f3072) + inner + odd) >> bits;
  v[i1] = (imul(d0, f1501) + outer + even) >> bits;
}

/** Columns first (bits 11), then rows (bits 18). */
export function inverseInteger(v: Int32Array, at: number, step: number, bits: 11 | 18): void {
  const i1 = at + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const half = 1 << (bits - 1);
  const turned = imul(v[i2] + v[i6], f0541) | 0;
  const low = (turned + imul(v[i2], f0765)) | 0;
  const high = (turned - imul(v[i6], f1847)) | 0;
  const sum = (((v[at] + v[i4]) << 13) + half) | 0;
  const difference = (((v[at] - v[i4]) << 13) + half) | 0;
  const e0 = (sum + low) | 0;
  const e3 = (sum - low) | 0;
  const e1 = (difference + high) | 0;
  const e2 = (difference - high) | 0;
  const n1 = v[i1];
  const n3 = v[i3];
  const n5 = v[i5];
  const n7 = v[i7];
  const common = imul(n1 + n3 + n5 + n7, f1175) | 0;
  const outer = imul(n7 + n1, -f0899) | 0;
  const inner = imul(n5 + n3, -f2562);
  const odd = (common - imul(n7 + n3, f1961)) | 0;
  const even = (common - imul(n5 + n1, f0390)) | 0;
  const o3 = (imul(n7, f0298) + outer + odd) | 0;
  const o2 = (imul(n5, f2053) + inner + even) | 0;
  const o1 = (imul(n3, f3072) + inner + odd) | 0;
  const o0 = (imul(n1, f1501) + outer + even) | 0;
  v[at] = (e0 + o0) >> bits;
  v[i7] = (e0 - o0) >> bits;
  v[i1] = (e1 + o1) >> bits;
  v[i6] = (e1 - o1) >> bits;
  v[i2] = (e2 + o2) >> bits;
  v[i5] = (e2 - o2) >> bits;
  v[i3] = (e3 + o3) >> bits;
  v[i4] = (e3 - o3) >> bits;
}
