import { heldScales } from '../../plan/steps.js';
import type { Visit } from '../../plan/types.js';
import { type Mode, scratchBytes, unfilterRoom } from '../../simd/index.js';
import type { MultiscaleOptions } from '../multiscale/options.js';
import type { Plane } from './crop.js';

/** How a source and its copies lie in one block: one plane after the other, then room for the resampler. */
export interface Layout {
  /** The source at its own size. */
  readonly full: Plane;
  /** Its smaller copies, by scale tag. */
  readonly copies: ReadonlyMap<string, Plane>;
  /** The lq picture, where pairs are given. */
  readonly lq?: Plane;
  readonly scratch: { readonly offset: number; readonly bytes: number };
  readonly bytes: number;
}

/** The kernel that makes copies in place; undefined for libvips, which needs memory of its own. */
export function modeOf(resampler: MultiscaleOptions['resampler']): Mode | undefined {
  if (resampler === 'vips') return undefined;
  return resampler === 'pillow' ? 'pillow' : 'fast';
}

/** `mode` is undefined when copies are not made in place. */
export function layOut(visit: Visit, mode?: Mode): Layout {
  const { channels, width, height, lq } = visit.source;
  let offset = 0;
  const planes = heldScales(visit).map(({ scale, ...size }): [string, Plane] => {
    const plane = { offset, ...size, channels, inner: scale };
    offset += size.width * size.height * channels;
    return [scale.tag, plane];
  });
  const [[, full], ...copies] = planes;
  const small = lq && { offset, ...sizeOf(lq), channels: lq.channels, inner: sizeOf(lq) };
  if (lq) offset += lq.width * lq.height * lq.channels;
  const inner = copies.map(([, plane]) => plane.inner);
  const needed = mode && inner.length > 0 ? scratchBytes({ width, height, channels }, inner, mode) : 0;
  // A PNG is unpacked behind the place of its pixels, where its copies will be.
  const unpacking = unfilterRoom(width * channels, height).bytes;
  const bytes = Math.max(offset + needed, unpacking);
  return { full, copies: new Map(copies), lq: small, scratch: { offset, bytes: needed }, bytes };
}

const sizeOf = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  width,
  height,
});

export function planeOf({ full, copies }: Layout, tag: string): Plane {
  return copies.get(tag) ?? full;
}
