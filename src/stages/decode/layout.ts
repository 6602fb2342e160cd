import { heldScales } from '../../plan/steps.js';
import type { Visit } from '../../plan/types.js';
import type { Mode, Resampler } from '../../simd/index.js';
import type { Plane } from './crop.js';

/** How a source and its copies lie in one block: one plane after the other, then room for the resampler. */
export interface Layout {
  /** By scale tag; "HR" is always there. */
  readonly planes: ReadonlyMap<string, Plane>;
  readonly scratch: { readonly offset: number; readonly bytes: number };
  readonly bytes: number;
}

/** `mode` is undefined when copies are not made in place. */
export function layOut(visit: Visit, resampler: Resampler, mode?: Mode): Layout {
  const { channels } = visit.source;
  const planes = new Map<string, Plane>();
  let bytes = 0;
  let scratch = 0;
  for (const { scale, width, height } of heldScales(visit)) {
    planes.set(scale.tag, { offset: bytes, width, height, channels, inner: scale });
    bytes += width * height * channels;
    if (mode) scratch = Math.max(scratch, resampler.scratchBytes({ ...visit.source, channels }, scale, mode));
  }
  return { planes, scratch: { offset: bytes, bytes: scratch }, bytes: bytes + scratch };
}
