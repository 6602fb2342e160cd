import { concatMap, EMPTY, map, type OperatorFunction, of } from 'rxjs';
import type { ScaledSource, Source } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import { type ScaleOptions, scaleSizes } from './sizes.js';

/**
 * Decides at which sizes every source is used; no pixel is touched.
 *
 * In words: "this photograph also counts as four smaller ones". Copies that would have to be enlarged or would
 * vanish are left out and noted; a source of which nothing is left is reported as skipped.
 *
 * @example
 * sources$.pipe(multiscale(MultiscaleOptions.parse({}), ctx)).subscribe(({ source, scales }) => ...)
 */
export function multiscale(options: ScaleOptions, ctx: StageContext): OperatorFunction<Source, ScaledSource> {
  return concatMap((source) => {
    const { scales, notes } = scaleSizes(source.width, source.height, options);
    if (scales.length > 0) {
      for (const note of notes) ctx.note(source.path, note);
      return of({ source, scales });
    }
    const reason = ['no scale of it is used', ...notes].join('; ');
    ctx.file({ path: source.path, outcome: 'skipped', reason, notes: source.notes });
    return EMPTY;
  });
}

/** Stands in for `multiscale` in a pipeline without it: every source at its own size only. */
export function sourceOnly(): OperatorFunction<Source, ScaledSource> {
  return map((source) => ({
    source,
    scales: [{ tag: 'HR', width: source.width, height: source.height }],
  }));
}
