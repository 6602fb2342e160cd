import { map, type OperatorFunction } from 'rxjs';
import type { ScaledSource, Source } from '../../plan/types.js';

/** In place of `multiscale`: every source is used at its own size. */
export function sourceOnly(): OperatorFunction<Source, ScaledSource> {
  return map((source) => ({ source, scales: [{ tag: 'HR', width: source.width, height: source.height }] }));
}
