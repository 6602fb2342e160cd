import { map, type OperatorFunction } from 'rxjs';
import type { ScaledSource, Visit } from '../../plan/types.js';

/** In place of `crop`: every scale of a source is one window, numbered 0. */
export function wholeImages(): OperatorFunction<ScaledSource, Visit> {
  return map(({ source, scales }) => ({
    source,
    scales,
    windows: scales.map((scale) => ({
      scale,
      x: 0,
      y: 0,
      width: scale.width,
      height: scale.height,
      index: 0,
    })),
  }));
}
